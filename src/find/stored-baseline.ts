import * as z from 'zod';
import { PlanError } from '../load/plan/plan.ts';
import type { RunDocument } from '../runs/run-document.ts';
import { allFigures } from './compared-figure.ts';
import { differences } from './differences.ts';

const environment = z.object({
  os: z.string(),
  arch: z.string(),
  cpus: z.number(),
  cpuModel: z.string(),
  memoryBytes: z.number(),
  node: z.string(),
});

const baseline = z.object({
  schema: z.literal('tailflame.baseline/1'),
  /** The address that was loaded. */
  target: z.string(),
  madeAt: z.string(),
  tailflame: z.string(),
  environment,
  /** How every segment was sent: measured time, ms, and the load. */
  segment: z.number().positive(),
  load: z.object({ model: z.enum(['open', 'closed']), level: z.number().positive() }),
  /** Of each figure the value of every segment. */
  figures: z.record(z.string(), z.array(z.number())),
});

/** A build's figures as they stand in a repository, one small file a plan, to hold later builds against. */
export type StoredBaseline = z.output<typeof baseline>;

/** @param segments runs of the same length under the same load */
export function storedBaseline(
  segments: readonly RunDocument[],
  how: Pick<StoredBaseline, 'segment' | 'load'>,
): StoredBaseline {
  const [first] = segments as [RunDocument];
  const figures = allFigures(segments).flatMap(({ name, unit, of }) => {
    const values = segments.map(of).filter((value) => value !== null);
    // Whoever reads the file's changes shall see what changed.
    return values.length < segments.length
      ? []
      : [[name, values.map((value) => rounded(value, unit === 'share'))] as const];
  });
  return {
    schema: 'tailflame.baseline/1',
    target: first.target.url,
    madeAt: first.startedAt,
    tailflame: first.tailflame,
    environment: first.environment,
    ...how,
    figures: Object.fromEntries(figures),
  };
}

/** Throws a {@link PlanError} that names the file and what is wrong with it. */
export function readBaseline(text: string, file: string): StoredBaseline {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new PlanError(`${file} is no baseline: ${(error as Error).message}.`);
  }
  const parsed = baseline.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new PlanError(
    `${file} is no baseline: ${issue!.path.join('.') || 'the whole'}: ${issue!.message}. Make one with tailflame gate … --write-baseline FILE.`,
  );
}

/** Why a run cannot be held against a baseline, as a sentence; null where it can. */
export function whyApart(
  { environment: before, load, segment }: StoredBaseline,
  now: RunDocument,
  how: Pick<StoredBaseline, 'segment' | 'load'>,
): string | null {
  const apart = differences(
    { machine: before, load, segment },
    { machine: now.environment, load: how.load, segment: how.segment },
  );
  if (apart.length === 0) return null;
  const told = apart.map(({ path, first, second }) => `${path} was ${first} and is ${second}`);
  return `the baseline was measured otherwise: ${told.join('; ')}`;
}

function rounded(value: number, isShare: boolean): number {
  return Number(value.toFixed(isShare ? 5 : 3));
}
