import { createHash } from 'node:crypto';
import type { Body, Plan } from '../load/plan/plan.ts';
import { planBytes } from '../load/scenario/plan-bytes.ts';

/** The files that decide what a plan sends, and how its answers are counted: absolute paths, each once. */
export function filesOf({ setup, scenarios, data }: Plan): string[] {
  const steps = [...(setup?.steps ?? []), ...scenarios.flatMap((scenario) => scenario.steps)];
  const files = [
    ...steps.flatMap(({ body }) => filesOfBody(body)),
    ...steps.map(({ stream }) => stream?.tokenizer ?? null),
    ...Object.values(data).map((source) => ('file' in source ? source.file : source.tokenizer)),
  ];
  return [...new Set(files.filter((file) => file !== null))];
}

/** The SHA-256 of every one of these files, by its path. Throws a {@link PlanError} where one cannot be read. */
export function contentsOf(plan: Plan): Map<string, string> {
  return new Map(filesOf(plan).map((file) => [file, createHash('sha256').update(planBytes(file)).digest('hex')]));
}

function filesOfBody(body: Body | null): string[] {
  if (body?.kind === 'file') return [body.file];
  if (body?.kind !== 'multipart') return [];
  return body.parts.flatMap((part) => ('file' in part ? [part.file] : []));
}
