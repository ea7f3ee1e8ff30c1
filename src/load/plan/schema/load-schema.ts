import * as z from 'zod';
import { durationText } from '../duration.ts';
import { isWithin, LIMITS, rangeText } from '../limits.ts';
import { parseLoad } from '../load-text.ts';
import { ARRIVALS } from '../plan.ts';
import { addIssue, type Context, fileName, map, number, oneRequired, onlyOne, text, time } from './schema-parts.ts';

/* What plan files say about load. */

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

export function isOfUsers({ users, rampUsers }: StageDocument): boolean {
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
    if (load === null || load.model === 'replay') return addIssue(context, [], '', { expected: LOAD });
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
  replay: fileName.optional().meta({
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
export type StageDocument = z.output<typeof stage>;
