import path from 'node:path';
import * as z from 'zod';
import { grouped } from '../correlate/code/grouped.ts';
import { functionKey, type LineTime, type TimedRequests } from '../correlate/code/line-times.ts';
import type { Load } from '../load/model/load-model.ts';
import { PlanError } from '../load/plan/plan-error.ts';
import type { Environment, RunDocument } from '../runs/run-document.ts';
import { allFigures } from './compared-figure.ts';
import { type Conditions, machineOf } from './conditions.ts';
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

const lineTime = z.object({
  function: z.string(),
  /** The name of its file alone: builds lie in folders of their own. */
  file: z.string(),
  line: z.number(),
  declared: z.number().nullable(),
  text: z.string(),
  ran: z.number(),
  waited: z.number(),
  variance: z.number(),
}) satisfies z.ZodType<LineTime>;

const SCHEMA = 'tailflame.baseline/2';
/** Its fingerprints of plans were made of other things, and can be held against none of now. */
const OLD = z.object({ schema: z.literal('tailflame.baseline/1') });

const baseline = z.object({
  schema: z.literal(SCHEMA),
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
  /** What the lines took that took most; of those of all requests, and of the slow ones. Absent where it was not profiled. */
  code: z.object({ all: z.array(lineTime), slow: z.array(lineTime) }).optional(),
});

/** A build's figures as they stand in a repository, one small file a plan, to hold later builds against. */
export type StoredBaseline = z.output<typeof baseline>;

/** What the lines of a build took, of all requests and of the slow ones. */
export type StoredCode = Readonly<Record<TimedRequests, readonly LineTime[]>>;

/** Of all time: lines of functions that take less, and the functions beyond so many, are left out. */
const LEAST_SHARE = 0.002;
const MOST_FUNCTIONS = 40;

/** @param segments runs of the same length under the same load @param how they were measured; `sent` is the plan's fingerprint */
export function storedBaseline(
  segments: readonly RunDocument[],
  how: { readonly sent: string; readonly segment: number; readonly load: Load; readonly code: StoredCode | null },
): StoredBaseline {
  const [first] = segments as [RunDocument];
  const figures = allFigures(segments).flatMap(({ name, unit, of }) => {
    const values = segments.map(of).filter((value) => value !== null);
    // Whoever reads the file's changes shall see what changed.
    const told = values.map((value) => Number(unit === 'share' ? value.toFixed(5) : value.toPrecision(5)));
    return told.length < segments.length ? [] : [[name, told] as const];
  });
  return {
    schema: SCHEMA,
    target: first.target.url,
    plan: how.sent,
    madeAt: first.startedAt,
    tailflame: first.tailflame,
    environment: first.environment,
    segment: how.segment,
    load: how.load as StoredBaseline['load'],
    figures: Object.fromEntries(figures),
    ...(how.code === null ? {} : { code: { all: storedLines(how.code.all), slow: storedLines(how.code.slow) } }),
  };
}

function storedLines(lines: readonly LineTime[]): LineTime[] {
  const time = ({ ran, waited }: LineTime): number => ran + waited;
  const rounded = (value: number): number => Number(value.toPrecision(4));
  const sum = (some: readonly LineTime[]): number => some.reduce((all, line) => all + time(line), 0);
  return [...grouped(lines, functionKey).values()]
    .filter((some) => sum(some) >= LEAST_SHARE * sum(lines))
    .toSorted((a, b) => sum(b) - sum(a))
    .slice(0, MOST_FUNCTIONS)
    .flat()
    .toSorted((a, b) => time(b) - time(a))
    .map(({ file, ran, waited, variance, ...line }) => ({
      ...line,
      file: path.basename(file),
      ran: rounded(ran),
      waited: rounded(waited),
      variance: rounded(variance),
    }));
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
  if (OLD.safeParse(value).success) {
    throw new PlanError(`${file} was made by an older Tailflame; make it anew with --write-baseline.`);
  }
  const parsed = baseline.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new PlanError(`${file} is no baseline: ${issue!.path.join('.') || 'the whole'}: ${issue!.message}. ${advice}`);
}

/** Why a run cannot be held against a baseline, as a sentence without its full stop; null where it can. */
export function whyApart(stored: StoredBaseline, now: Conditions): string | null {
  const before: Conditions = { plan: stored.plan, load: stored.load, machine: machineOf(stored.environment) };
  const apart = differences(before, now);
  if (apart.length === 0) return null;
  const told = apart.map(({ path, first, second }) =>
    path === 'plan' ? 'other requests were sent' : `${path} was ${first} and is ${second}`,
  );
  return `the baseline was measured under other conditions: ${told.join('; ')}; make it anew with --write-baseline`;
}
