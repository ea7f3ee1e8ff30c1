import path from 'node:path';
import * as z from 'zod';
import { ARRIVALS } from '../arrivals/gaps.ts';
import { steadyUsers } from '../model/closed-load.ts';
import type { Load } from '../model/load-model.ts';
import { type OpenLoad, steadyRate } from '../model/open-load.ts';
import type { Stage } from '../model/stages.ts';
import { durationText } from './duration.ts';
import { isWithin, LIMITS, rangeText } from './limits.ts';
import { loadText, parseLoad } from './load-text.ts';
import { PLAN_DEFAULTS, type Plan } from './plan.ts';
import { PlanError } from './plan-error.ts';
import {
  addIssue,
  type Context,
  fileName as fileNameSchema,
  map,
  number,
  oneRequired,
  onlyOne,
  text,
  time,
} from './schema/schema-parts.ts';
import type { FileName } from './write/written-step.ts';

/*
 * How plan files say how much is sent: what may stand there, what it means, and how it is written. All three are here, so that a load
 * model is one file (`model/`) and its lines in this one.
 */

const STAGE = 'a stage such as {rate: 50, for: 10s} or {ramp: 200, for: 30s}';
const LEVELS = ['rate', 'ramp', 'users', 'rampUsers'] as const;

const stage = map(STAGE, {
  rate: number(LIMITS.stageRate).optional().meta({ description: 'This many iterations a second, all along.' }),
  ramp: number(LIMITS.stageRate).optional().meta({
    description: 'From the level before (0 at the start) evenly to this many iterations a second.',
  }),
  users: number(LIMITS.stageUsers).optional().meta({ description: 'This many users, all along.' }),
  rampUsers: number(LIMITS.stageUsers).optional().meta({
    description: 'From the number before (0 at the start) evenly to this many users.',
  }),
  from: number(LIMITS.stageRate).optional().meta({ description: 'Where a ramp begins, if not at the level before.' }),
  for: time(LIMITS.stageTime).meta({ description: 'How long the stage is.', examples: ['30s'] }),
  name: text.optional().meta({
    description:
      'What it is called in results and objectives, such as latency{stage:peak}: p(99)<500. Default: "stage 1", "stage 2", …',
  }),
})
  .superRefine((value, context) => {
    onlyOne(value, LEVELS, context, {
      why: 'a stage has one level.',
      needed: 'A stage has a level: rate or ramp, in iterations a second, or users or rampUsers.',
    });
    const { from, ramp, rampUsers } = value;
    if (from === undefined) return;
    if (ramp === undefined && rampUsers === undefined)
      stray(value, ['from'], 'goes with "ramp" or "rampUsers".', context);
    if (rampUsers !== undefined && !isWithin(LIMITS.stageUsers, from)) {
      addIssue(context, ['from'], '', { expected: rangeText(LIMITS.stageUsers) });
    }
  })
  .meta(oneRequired(LEVELS));

const STAGES = 'a list of stages, such as [{rate: 50, for: 10s}, {ramp: 200, for: 30s}]';
const stages = z
  .array(stage, { error: STAGES })
  .min(1, { error: STAGES })
  .superRefine((all, context) => {
    const [first] = all;
    if (first === undefined) return;
    const other = all.findIndex((one) => isOfUsers(one) !== isOfUsers(first));
    if (other > 0) {
      const [those, these] = isOfUsers(first) ? ['users', 'a rate'] : ['a rate', 'users'];
      const key = LEVELS.find((level) => all[other]![level] !== undefined)!;
      addIssue(
        context,
        [String(other), key],
        `A load is of ${those} or of ${these} all along: the stages before this one are of ${those}.`,
        { at: 'key' },
      );
    }
    const length = all.reduce((sum, one) => sum + one.for, 0);
    if (!isWithin(LIMITS.duration, length)) {
      addIssue(
        context,
        [],
        `The stages together must take ${rangeText(LIMITS.duration)}, not ${durationText(length)}.`,
      );
    }
    const levels = all.flatMap((one) => [one.rate ?? one.ramp ?? one.users ?? one.rampUsers, one.from ?? 0]);
    // A stage without a level has been found already.
    const highest = Math.max(...levels.map((level) => level ?? Number.NaN));
    const limit = isOfUsers(first) ? LIMITS.users : LIMITS.rate;
    if (!Number.isNaN(highest) && !isWithin(limit, highest)) {
      addIssue(context, [], `The highest level must be ${rangeText(limit)}, not ${highest}.`);
    }
  });

function isOfUsers({ users, rampUsers }: StageDocument): boolean {
  return users !== undefined || rampUsers !== undefined;
}

const LOAD = 'a load such as 60/s, 8 users or {stages: [{rate: 50, for: 10s}]}';
const SHORT = String.raw`^\s*\d+(?:\.\d+)?\s*(?:/\s*s|users?)?\s*(?:\bfor\s+\S.*)?$`;
const MODELS = ['rate', 'users', 'stages', 'replay'] as const;
const ARRIVAL = 'constant, poisson or gamma';

const shortLoad = z
  .string()
  .superRefine((value, context) => {
    const { load = null, duration = 0 } = parseLoad(value) ?? {};
    if (load === null || !('stages' in load)) return addIssue(context, [], '', { expected: LOAD });
    const limit = load.model === 'open' ? LIMITS.rate : LIMITS.users;
    const wrong = isWithin(limit, load.stages[0]!.from) ? null : limit;
    const expected = wrong ?? (isWithin(LIMITS.duration, duration) ? null : LIMITS.duration);
    if (expected !== null) addIssue(context, [], '', { expected: rangeText(expected) });
  })
  .meta({ pattern: SHORT, patternErrorMessage: `Write ${LOAD}.` });

const longLoad = map(LOAD, {
  rate: number(LIMITS.rate)
    .optional()
    .meta({
      description: 'Open: this many iterations start a second, whatever the server does.',
      examples: [60],
    }),
  users: number(LIMITS.users)
    .optional()
    .meta({
      description: 'Closed: this many users, each of whom waits for an answer before going on.',
      examples: [8],
    }),
  stages: stages.optional().meta({ description: 'A load whose level changes, of a rate or of users.' }),
  replay: fileNameSchema.optional().meta({
    description:
      'A file of recorded arrivals: CSV with times in the first column, or JSON lines. Seconds from any moment, or dates.',
    examples: ['arrivals.csv'],
  }),
  speed: number(LIMITS.speed)
    .optional()
    .meta({ description: 'Of a replay: 2 is twice as fast as it was recorded.', default: 1 }),
  arrivals: z.enum(ARRIVALS, { error: ARRIVAL }).optional().meta({
    description:
      'How arrivals of a rate are spaced: evenly (constant), independent of each other as those of many people are (poisson), or with a burstiness (gamma).',
    default: 'poisson',
  }),
  burstiness: number(LIMITS.burstiness).optional().meta({
    description: 'Of gamma arrivals, the shape of the gaps: 1 is as poisson, more is steadier, less comes in bursts.',
    default: 1,
  }),
})
  .superRefine((value, context) => {
    const model = onlyOne(value, MODELS, context, {
      why: 'a load is one of them.',
      needed: 'A load has a rate, users, stages or a replay, such as {rate: 60}.',
    });
    if (model !== 'replay') stray(value, ['speed'], 'goes with "replay".', context);
    const closed = model === 'users' || (model === 'stages' && value.stages!.some(isOfUsers));
    if (closed)
      stray(value, ['arrivals', 'burstiness'], 'is for a rate: users send when they have been answered.', context);
    else if (model === 'replay')
      stray(value, ['arrivals', 'burstiness'], 'is for a rate: a replay has its arrivals.', context);
    else if (value.arrivals !== 'gamma') stray(value, ['burstiness'], 'goes with arrivals: gamma.', context);
  })
  .meta(oneRequired(MODELS));

function stray(value: Readonly<Record<string, unknown>>, keys: readonly string[], why: string, context: Context): void {
  for (const key of keys) if (value[key] !== undefined) addIssue(context, [key], `"${key}" ${why}`, { at: 'key' });
}

export const load = z
  .union([number(LIMITS.rate), shortLoad, longLoad], { error: LOAD })
  .optional()
  .meta({
    description:
      'How much is sent: 60/s starts 60 iterations a second whatever the server does, 8 users each wait for an answer. Without it, a gentle rate is derived from one request.',
    examples: ['60/s', '8 users', { rate: 60, arrivals: 'constant' }],
  });

export type LoadDocument = NonNullable<z.output<typeof load>>;
type StageDocument = z.output<typeof stage>;

/** Recorded arrivals that a plan names but does not hold. */
export interface Replay {
  /** Absolute. */
  readonly file: string;
  /** 2: twice as fast as recorded. */
  readonly speed: number;
  /** Ms; null: as long as there are arrivals. */
  readonly duration: number | null;
}

/** What a plan's load comes to. Where there is a replay, the load has to be read from its file. */
export interface LoadOfPlan {
  readonly load: Load | null;
  readonly duration: number;
  readonly replay: Replay | null;
}

/** @param written the plan's own duration, ms @param folder that file names are relative to */
export function loadOf(document: LoadDocument | undefined, written: number | undefined, folder: string): LoadOfPlan {
  const duration = written ?? PLAN_DEFAULTS.duration;
  const of = (load: Load | null): LoadOfPlan => ({ load, duration, replay: null });
  if (document === undefined) return of(null);
  if (typeof document === 'number') return of(steadyRate(document, duration));
  if (typeof document === 'string') return { ...parseLoad(document, duration)!, replay: null };
  const { rate, users, stages, replay, arrivals = 'poisson', burstiness = 1, speed = 1 } = document;
  if (rate !== undefined) return of(steadyRate(rate, duration, arrivals, burstiness));
  if (users !== undefined) return of(steadyUsers(users, duration));
  if (replay !== undefined) {
    return { load: null, duration, replay: { file: path.resolve(folder, replay), speed, duration: written ?? null } };
  }
  const levels = levelsOf(stages!);
  const load: Load = stages!.some(isOfUsers)
    ? { model: 'closed', stages: levels }
    : { model: 'open', arrivals, burstiness, stages: levels };
  return { load, duration: lengthOf(levels), replay: null };
}

/** Ms. */
function lengthOf(stages: readonly Pick<Stage, 'duration'>[]): number {
  return stages.reduce((sum, { duration }) => sum + duration, 0);
}

function defaultStageName(at: number): string {
  return `stage ${at + 1}`;
}

/** Ramps go from the level before, which at the start is 0. */
function levelsOf(stages: readonly StageDocument[]): Stage[] {
  let before = 0;
  return stages.map(({ rate, ramp, users, rampUsers, from: start, for: duration, name }, at) => {
    const held = rate ?? users;
    const to = held ?? ramp ?? rampUsers!;
    const from = held ?? start ?? before;
    before = to;
    return { name: name ?? defaultStageName(at), from, to, duration };
  });
}

/** The keys of a plan file that say how much is sent and for how long. */
export function writtenLoad({ load, duration, warmup }: Plan, replay: Replay | null, fileName: FileName): object {
  const usualWarmup = replay === null ? PLAN_DEFAULTS.warmup : 0;
  return {
    ...levels(load, duration, replay, fileName),
    ...(warmup === usualWarmup ? {} : { warmup: durationText(warmup) }),
  };
}

function levels(load: Load | null, duration: number, replay: Replay | null, fileName: FileName): object {
  if (replay !== null) {
    const { file, speed, duration: written } = replay;
    return { load: { replay: fileName(file), ...(speed === 1 ? {} : { speed }) }, ...writtenLength(written) };
  }
  if (load === null) return writtenLength(duration);
  if (load.model === 'replay') {
    throw new PlanError('Recorded arrivals are written as the name of their file, which is not known here.');
  }
  const arrivals = load.model === 'open' ? writtenArrivals(load) : {};
  const [steady] = load.stages;
  // What a short form would make of it.
  if (load.stages.length !== 1 || !isSteady(steady!) || steady!.duration !== duration) {
    return { load: { ...arrivals, stages: writtenStages(load) } };
  }
  const level = load.model === 'open' ? { rate: steady!.from } : { users: steady!.from };
  return { load: loadText(load, false) ?? { ...level, ...arrivals }, ...writtenLength(duration) };
}

function writtenLength(duration: number | null): object {
  return duration === null || duration === PLAN_DEFAULTS.duration ? {} : { duration: durationText(duration) };
}

function writtenArrivals({ arrivals, burstiness }: OpenLoad): object {
  if (arrivals === 'poisson') return {};
  return { arrivals, ...(arrivals === 'gamma' && burstiness !== 1 ? { burstiness } : {}) };
}

function isSteady({ name, from, to }: Stage): boolean {
  return name === 'steady' && from === to;
}

function writtenStages({ model, stages }: Extract<Load, { stages: unknown }>): object[] {
  const [hold, ramp] = model === 'open' ? ['rate', 'ramp'] : ['users', 'rampUsers'];
  return stages.map(({ name, from, to, duration }, at) => {
    const before = at === 0 ? 0 : stages[at - 1]!.to;
    const level = from === to ? { [hold!]: to } : { [ramp!]: to, ...(from === before ? {} : { from }) };
    return { ...level, for: durationText(duration), ...(name === defaultStageName(at) ? {} : { name }) };
  });
}
