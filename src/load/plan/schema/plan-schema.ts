import * as z from 'zod';
import { checkHeaderName } from '../../scenario/request-headers.ts';
import { placeholdersOf } from '../../scenario/template.ts';
import { durationText, parseDuration } from '../duration.ts';
import { isWithin, LIMITS, rangeText } from '../limits.ts';
import { type LoadDocument, load } from '../load-syntax.ts';
import { saysHowLong } from '../load-text.ts';
import { PLAN_DEFAULTS } from '../plan.ts';
import { data } from './data-schema.ts';
import { objectives } from './objective-schema.ts';
import { addIssue, checked, map, name, number, onlyOne, tags, text, texts, time } from './schema-parts.ts';
import { steps } from './step-schema.ts';
import { target } from './target-schema.ts';

const REFRESH = 'a time such as 10m, or ${expires_in}s';
const refresh = checked(text, placeholdersOf).superRefine((value, context) => {
  const ms = parseDuration(value);
  if (value.includes('${') || (ms !== null && isWithin(LIMITS.refresh, ms))) return;
  addIssue(context, [], '', { expected: ms === null ? REFRESH : rangeText(LIMITS.refresh) });
});

const setup = map('a map such as {steps: [{post: /login}]}', {
  refresh: refresh.optional().meta({
    description: 'Run again after this time, such as 10m, or ${expires_in}s from what it extracted. Default: never.',
    examples: ['10m', '${expires_in}s'],
  }),
  steps: steps.meta({ description: 'Requests sent once, before the load; what they extract is known to every step.' }),
});

const HEADER = 'the name of a header, such as x-cache';
const SCENARIO = 'a scenario such as {name: buy, steps: [{post: /cart}]}';
const SCENARIOS = 'a list of scenarios, such as [{name: buy, steps: [{post: /cart}]}]';
const scenario = map(SCENARIO, {
  name: text.optional().meta({ description: 'What it is called in results and objectives.', examples: ['buy'] }),
  weight: number(LIMITS.weight).optional().meta({
    description: 'Its share of the iterations is its weight over the sum of all weights.',
    default: 1,
  }),
  steps: steps.meta({ description: 'Requests, sent one after the other. An iteration ends at the first that fails.' }),
  tags,
});

const scenarios = z
  .array(scenario, { error: SCENARIOS })
  .min(1, { error: SCENARIOS })
  .superRefine((all, context) => {
    if (all.length > 0 && all.every(({ weight }) => weight === 0)) {
      addIssue(context, [], 'No scenario has any weight: give at least one of them a weight above 0.');
    }
  });

const VARIABLE = /^[A-Za-z_]\w*$/;
/** Whoever writes the secret itself here is not shown it again. */
const variable = z
  .unknown()
  .transform((value, context) => {
    if (typeof value === 'string' && VARIABLE.test(value)) return value;
    addIssue(
      context,
      [],
      'This must be the name of an environment variable, such as API_TOKEN, that holds the secret. The secret itself is never written in a plan.',
    );
    return z.NEVER;
  })
  .meta({ type: 'string', pattern: VARIABLE.source });

/** The plan of a load test, as it is written in a file. */
export const planSchema = map('a map such as {target: http://127.0.0.1:8000}', {
  name: text.optional().meta({ description: 'What the test is called.', examples: ['checkout'] }),
  target,
  environment: texts('a map of texts, such as {REGION: eu}', text)
    .optional()
    .meta({
      description: '${env.REGION} is the environment variable REGION, or where it is not set the value written here.',
      examples: [{ REGION: 'eu' }],
    }),
  secrets: z
    .record(name, variable, { error: 'a map such as {token: API_TOKEN}' })
    .optional()
    .meta({
      description: '${secrets.token} is the environment variable named here. Its value is never written down.',
      examples: [{ token: 'API_TOKEN' }],
    }),
  data,
  setup: setup.optional().meta({ description: 'Run before the load, for a login or such.' }),
  steps: steps
    .optional()
    .meta({ description: 'The requests of an iteration, where there is but one scenario (named main).' }),
  scenarios: scenarios
    .optional()
    .meta({ description: 'Several ways through the service, each with its share of the iterations.' }),
  load,
  duration: time(LIMITS.duration)
    .optional()
    .meta({
      description: 'How long is measured, warm-up not included. A load with stages has their length instead.',
      default: durationText(PLAN_DEFAULTS.duration),
    }),
  warmup: time(LIMITS.warmup)
    .optional()
    .meta({
      description:
        'Sent before what is measured, and left out of the figures. A replay has none where nothing is said.',
      default: durationText(PLAN_DEFAULTS.warmup),
    }),
  timeout: time(LIMITS.timeout)
    .optional()
    .meta({
      description: 'A request not answered this long after it was to be sent has failed.',
      default: durationText(PLAN_DEFAULTS.timeout),
    }),
  gracefulStop: time(LIMITS.gracefulStop)
    .optional()
    .meta({ description: 'What is under way when the load ends gets this long. Default: the timeout, at most 30s.' }),
  connections: number(LIMITS.connections)
    .optional()
    .meta({
      description: `How many connections there may be to each origin. Default: ${PLAN_DEFAULTS.openConnections} for a rate, more for streams that take long, one for each user.`,
    }),
  maxInFlight: number(LIMITS.maxInFlight).optional().meta({
    description: 'Iterations due while this many are under way are dropped, and counted.',
    default: PLAN_DEFAULTS.maxInFlight,
  }),
  generators: number(LIMITS.generators).optional().meta({
    description: 'How many processes send.',
    default: PLAN_DEFAULTS.generators,
  }),
  seed: number(LIMITS.seed).optional().meta({
    description: 'All that is random is drawn from it: the same seed sends the same.',
    default: PLAN_DEFAULTS.seed,
  }),
  objectives,
  split: checked(z.string({ error: HEADER }), checkHeaderName)
    .optional()
    .meta({
      description: 'A header of the answers, such as x-cache: latency is told apart by its value.',
      examples: ['x-cache'],
    }),
  tags,
})
  .superRefine((value, context) => {
    onlyOne(value, ['steps', 'scenarios'], context, { why: 'put these steps into a scenario.', needed: null });
    const length = value.load === undefined ? null : whatSaysHowLong(value.load);
    if (value.duration !== undefined && length !== null) {
      addIssue(context, ['duration'], `${length} how long the load is already: take out one of them.`, { at: 'key' });
    }
  })
  .meta({
    title: 'Tailflame load plan',
    description: 'A load test: where requests go, what they are, how many, and what has to hold.',
    examples: [{ target: 'http://127.0.0.1:8000/predict', load: '60/s', objectives: ['p(99)<250'] }],
  });

function whatSaysHowLong(load: LoadDocument): string | null {
  if (typeof load === 'string') return saysHowLong(load) ? `"load: ${load.trim()}" says` : null;
  return typeof load === 'object' && load.stages !== undefined ? 'The stages say' : null;
}

/** A plan file's content, checked, with its short forms and names as they were written. */
export type PlanDocument = z.output<typeof planSchema>;
export type ScenarioDocument = NonNullable<PlanDocument['scenarios']>[number];

/** The JSON Schema of plan files, for editors: draft 7, which all of them know. */
export function planJsonSchema(): object {
  return z.toJSONSchema(planSchema, {
    io: 'input',
    target: 'draft-7',
    // Zod takes examples and defaults for what comes out of a schema, and leaves them out; ours are of what is written.
    override: ({ zodSchema, jsonSchema }) => {
      const { examples, default: byDefault } = z.globalRegistry.get(zodSchema) ?? {};
      if (examples !== undefined) jsonSchema.examples = examples as never;
      if (byDefault !== undefined) jsonSchema.default = byDefault as never;
      // That keys are texts goes without saying.
      if (JSON.stringify(jsonSchema.propertyNames) === '{"type":"string"}') delete jsonSchema.propertyNames;
    },
  });
}
