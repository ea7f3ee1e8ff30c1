import * as z from 'zod';
import { METRIC_NAMES } from '../../measure/metric.ts';
import { parseObjective } from '../../measure/objective.ts';
import { LIMITS } from '../limits.ts';
import { nearest } from '../nearest.ts';
import { addIssue, checked, faultOf, flag, map, time } from './schema-parts.ts';

/* What plan files say about objectives. */

const OBJECTIVE = 'an objective such as p(99)<250, or a map such as {objective: p(99)<250, window: 10s}';

const objectiveText = checked(z.string({ error: OBJECTIVE }), parseObjective);

const long = map(OBJECTIVE, {
  objective: objectiveText.meta({ description: 'The limit, such as p(99)<250.', examples: ['p(99)<250'] }),
  window: time(LIMITS.window)
    .optional()
    .meta({ description: 'It has to hold in every window of this length, not only over all.', examples: ['10s'] }),
  abort: flag('true: the run ends when it is broken for certain.', false),
  after: time(LIMITS.after)
    .optional()
    .meta({ description: 'The run is not ended before this much of the measured time is over.', default: '0s' }),
});

const LONG_KEYS = Object.keys(long.shape);
const METRIC_FORM = `^(?:${METRIC_NAMES.join('|')})?\\s*(?:\\{.*\\})?$`;

/** To YAML, `latency{step:cart}: p(95)<300` is a map of one. */
const mapped = z
  .record(
    z
      .string()
      .refine((key) => key.includes('{') || !LONG_KEYS.includes(nearest(key, [...METRIC_NAMES, ...LONG_KEYS]) ?? ''))
      .meta({ pattern: METRIC_FORM }),
    z.string({ error: OBJECTIVE }),
    { error: OBJECTIVE },
  )
  .superRefine((value, context) => {
    const [[key, limit] = ['', ''], second] = Object.entries(value);
    const fault = second === undefined ? faultOf(() => parseObjective(`${key}: ${limit}`)) : null;
    if (fault !== null) addIssue(context, [key], fault, { at: 'key' });
    if (second !== undefined)
      addIssue(context, [second[0]], 'Each objective is an item of the list, with a - before it.', { at: 'key' });
  })
  .meta({ minProperties: 1, maxProperties: 1 });

/** As it was written, and where in the item its text is: in the item itself, in a value of it, or in its key. */
export type ObjectiveDocument = Pick<z.output<typeof long>, 'objective' | 'window' | 'abort' | 'after'> & {
  readonly place: { readonly path: readonly string[]; readonly at: 'key' | 'value' };
};

const objective = z.union(
  [
    objectiveText.transform((text): ObjectiveDocument => ({ objective: text, place: { path: [], at: 'value' } })),
    long.transform((value): ObjectiveDocument => ({ ...value, place: { path: ['objective'], at: 'value' } })),
    mapped.transform((value): ObjectiveDocument => {
      const [[key, limit] = ['', '']] = Object.entries(value);
      return { objective: `${key}: ${limit}`, place: { path: [key], at: 'key' } };
    }),
  ],
  { error: OBJECTIVE },
);

export const objectives = z
  .array(objective, { error: 'a list of objectives, such as ["p(99)<250"]' })
  .optional()
  .meta({
    description:
      "Limits in k6's grammar: p(99)<250, failures: rate<1%, latency{step:cart}: p(95)<300, of streams ttft: p(99)<500. Times without a unit are ms. The run fails where one is broken.",
    examples: [['p(99)<250', 'failures: rate<1%']],
  });
