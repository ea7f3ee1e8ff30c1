import { createHash } from 'node:crypto';
import * as z from 'zod';
import { type Load, PlanError } from '../load/plan/plan.ts';
import type { Environment, RunDocument } from '../runs/run-document.ts';
import { allFigures } from './compared-figure.ts';
import { differences } from './differences.ts';

const environment = z.object({
  os: z.string(),
  arch: z.string(),
  cpus: z.number(),
  cpuModel: z.string(),
  memoryBytes: z.number(),
  node: z.string(),
}) satisfies z.ZodType<Environment>;

const stage = z.object({ name: z.string(), from: z.number(), to: z.number(), duration: z.number().positive() });
const load = z.discriminatedUnion('model', [
  z.object({
    model: z.literal('open'),
    arrivals: z.enum(['constant', 'poisson', 'gamma']),
    burstiness: z.number(),
    stages: z.array(stage),
  }),
  z.object({ model: z.literal('closed'), stages: z.array(stage) }),
]);

const baseline = z.object({
  schema: z.literal('tailflame.baseline/1'),
  /** The address that was loaded, and what of its plan says what was sent. */
  target: z.string(),
  plan: z.string(),
  madeAt: z.string(),
  tailflame: z.string(),
  environment,
  /** Measured time of each segment, ms, and what it was sent with. */
  segment: z.number().positive(),
  load,
  /** Of each figure the value of every segment. */
  figures: z.record(z.string(), z.array(z.number())),
});

/** A build's figures as they stand in a repository, one small file a plan, to hold later builds against. */
export type StoredBaseline = z.output<typeof baseline>;

const GIB = 1024 ** 3;

/** @param segments runs of the same length under the same load */
export function storedBaseline(
  segments: readonly RunDocument[],
  how: { readonly segment: number; readonly load: Load },
): StoredBaseline {
  const [first] = segments as [RunDocument];
  const figures = allFigures(segments).flatMap(({ name, unit, of }) => {
    const values = segments.map(of).filter((value) => value !== null);
    // Whoever reads the file's changes shall see what changed.
    const told = values.map((value) => Number(unit === 'share' ? value.toFixed(5) : value.toPrecision(5)));
    return told.length < segments.length ? [] : [[name, told] as const];
  });
  return {
    schema: 'tailflame.baseline/1',
    target: first.target.url,
    plan: fingerprint(first),
    madeAt: first.startedAt,
    tailflame: first.tailflame,
    environment: first.environment,
    segment: how.segment,
    load: how.load as StoredBaseline['load'],
    figures: Object.fromEntries(figures),
  };
}

/** Throws a {@link PlanError} that names the file, what is wrong with it and what to do. */
export function readBaseline(text: string, file: string): StoredBaseline {
  const advice = 'Make one with tailflame gate … --write-baseline FILE.';
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new PlanError(`${file} is no baseline: ${(error as Error).message}. ${advice}`);
  }
  const parsed = baseline.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new PlanError(`${file} is no baseline: ${issue!.path.join('.') || 'the whole'}: ${issue!.message}. ${advice}`);
}

/** Why a run cannot be held against a baseline, as a sentence without its full stop; null where it can. */
export function whyApart(stored: StoredBaseline, now: RunDocument, sent: Load): string | null {
  const before = { plan: stored.plan, load: stored.load, machine: machineOf(stored.environment) };
  const apart = differences(before, { plan: fingerprint(now), load: sent, machine: machineOf(now.environment) });
  if (apart.length === 0) return null;
  const told = apart.map(({ path, first, second }) =>
    path === 'plan' ? 'other requests were sent' : `${path} was ${first} and is ${second}`,
  );
  return `the baseline was measured otherwise: ${told.join('; ')}; make it anew with --write-baseline`;
}

/** What figures hang on of a machine, and not what an update of its system changes. */
function machineOf({ os, arch, cpus, cpuModel, memoryBytes, node }: Environment): unknown {
  const [system] = os.split(/[ /]/);
  const [major] = node.replace(/^v/, '').split('.');
  return { system, arch, cpus, cpuModel, memory: `${Math.round(memoryBytes / GIB)} GiB`, node: major };
}

/** What a plan sends, wherever it sends it and however long. */
function fingerprint({ plan, target }: RunDocument): string {
  const { load: _, duration, warmup, seed, objectives, name, ...sent } = plan as Record<string, unknown>;
  const text = JSON.stringify(sent).replaceAll(new URL(target.url).origin, '');
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
