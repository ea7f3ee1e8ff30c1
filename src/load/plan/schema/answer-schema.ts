import * as z from 'zod';
import { compileExtraction } from '../../scenario/extraction.ts';
import { compileJsonPath } from '../../scenario/json-path.ts';
import { compilePattern } from '../../scenario/pattern.ts';
import { compileTemplate } from '../../scenario/template.ts';
import { LIMITS } from '../limits.ts';
import { listed } from '../nearest.ts';
import { TIMING_UNITS, type TimingUnit } from '../plan.ts';
import {
  addIssue,
  type Context,
  checked,
  faultOf,
  jsonTemplate,
  map,
  name,
  oneRequired,
  onlyOne,
  template,
  text,
  timeOf,
} from './schema-parts.ts';

/* What plan files say about answers: values taken from them, and what they have to be. */

const JSON_PATH = 'a JSONPath such as $.id';
const HEADER = 'the name of a header, such as location';
const PATTERN = "a regular expression such as 'id=(\\d+)'";
const GROUP = 'the number of a group, such as 1';
const EXTRACTION = `${JSON_PATH}, {header: location} or {regex: 'id=(\\d+)'}`;

const SOURCES = ['json', 'header', 'regex'] as const;
const jsonPath = checked(z.string({ error: JSON_PATH }), compileJsonPath);

const extraction = map(EXTRACTION, {
  json: jsonPath.optional().meta({
    description: 'A JSONPath (RFC 9535) into the body of the answer. The first value it finds is taken, with its type.',
    examples: ['$.id', '$.items[0].price'],
  }),
  header: z
    .string({ error: HEADER })
    .optional()
    .meta({ description: 'A header of the answer.', examples: ['location'] }),
  regex: checked(z.string({ error: PATTERN }), compilePattern)
    .optional()
    .meta({
      description:
        'A regular expression, as in JavaScript, looked for in the body. YAML leaves a \\ alone in single quotes.',
      examples: ['id=(\\d+)'],
    }),
  group: z.int({ error: GROUP }).min(0, { error: GROUP }).optional().meta({
    description:
      'The group of the regular expression to take: by default 1, or all of the match where it has none (0).',
  }),
  default: text.optional().meta({
    description: 'Taken where there is no such value. Without it, the step has failed then.',
    examples: ['none'],
  }),
})
  .superRefine((value, context) => {
    const source = onlyOne(value, SOURCES, context, {
      why: 'a value comes from one place.',
      needed: `Say where the value is: ${EXTRACTION}.`,
    });
    const { regex: pattern, group } = value;
    if (group === undefined || source === null || !isPattern(pattern)) return;
    const wrong =
      pattern === undefined
        ? `"group" goes with "regex", not with "${source}".`
        : faultOf(() => compileExtraction({ from: 'regex', pattern, group, otherwise: null }));
    if (wrong !== null) addIssue(context, ['group'], wrong, pattern === undefined ? { at: 'key' } : {});
  })
  .meta(oneRequired(SOURCES));

/** What is no regular expression has been found already. */
function isPattern(pattern: string | undefined): boolean {
  return pattern === undefined || faultOf(() => compilePattern(pattern)) === null;
}

export const extract = z
  .record(name, z.union([jsonPath, extraction], { error: EXTRACTION }), { error: 'a map such as {id: $.id}' })
  .meta({
    description:
      'Values taken from the answer, by name. Later steps of the scenario use them as ${name}; what the set-up extracts is known to every step.',
    examples: [{ id: '$.id' }, { location: { header: 'location' } }],
  });

const TIMINGS = 'a map such as {queue: $.queue_ms, compute: {header: x-compute-time}}';
const UNITS = Object.keys(TIMING_UNITS) as TimingUnit[];
const UNIT = listed(UNITS, 'or');
const timing = z.union([jsonPath, extraction], { error: EXTRACTION }).optional();

export const timings = map(TIMINGS, {
  queue: timing.meta({
    description: 'Where the answer tells how long the request waited in the server before its work began.',
    examples: ['$.timings.queue', { header: 'x-queue-time' }],
  }),
  compute: timing.meta({
    description: "Where the answer tells how long the server's work on the request took.",
    examples: ['$.timings.compute', { header: 'x-inference-time' }],
  }),
  unit: z.enum(UNITS, { error: UNIT }).optional().meta({ description: 'What they are told in.', default: 'ms' }),
})
  .superRefine(({ queue, compute }, context) => {
    if (queue !== undefined || compute !== undefined) return;
    addIssue(context, [], `Say where a time is told: ${TIMINGS}.`, { needs: ['queue', 'compute'] });
  })
  .meta({
    description:
      "Where answers tell the server's own times. Without it, those of text-generation-inference and text-embeddings-inference and the header Server-Timing are read, of requests whose API is known.",
    examples: [{ queue: '$.queue_ms', compute: { header: 'x-compute-time' } }],
  });

const yes = (description: string) => z.literal(true, { error: 'true' }).optional().meta({ description });
const A_NUMBER = 'a number';

const pattern = checked(template, (value) => {
  const compiled = compileTemplate(value);
  if (compiled.static) compilePattern(compiled.text);
});

/** What a value has to be. One that has none of them has to exist. */
const TESTS = {
  equals: jsonTemplate
    .optional()
    .meta({ description: 'It has to be just this: a JSON value, whose texts may hold ${…}.' }),
  contains: template
    .optional()
    .meta({ description: 'It has to contain this text; of a list, one element has to be it.' }),
  matches: pattern.optional().meta({ description: 'It has to match this regular expression, as in JavaScript.' }),
  above: z.number({ error: A_NUMBER }).optional().meta({ description: 'It has to be a number above this one.' }),
  below: z.number({ error: A_NUMBER }).optional().meta({ description: 'It has to be a number below this one.' }),
  exists: yes('It has to be there. This is what is asked where nothing else is.'),
  absent: yes('It must not be there.'),
  nonempty: yes('It must not be empty: not null, "", [] or {}; of a body, not just blanks.'),
};
export const TEST_KEYS = ['equals', 'contains', 'matches', 'above', 'below', 'exists', 'absent', 'nonempty'] as const;
const ONE_TEST = 'a check asks one thing. Write two checks.';

const BODY = `nonempty, a text it contains, or one of ${listed(TEST_KEYS.slice(0, 5), 'and')} in a map`;
const bodyTests = map(BODY, TESTS).superRefine((value, context) => {
  const needed = 'Say what the body has to be, such as {contains: ok}.';
  onlyOne(value, TEST_KEYS, context, { why: ONE_TEST, needed });
});

const STATUS = 'a status such as 200, a class such as 2xx, or a list of them';
const code = z.union(
  [
    z.int({ error: STATUS }).min(100, { error: STATUS }).max(599, { error: STATUS }),
    z.string({ error: STATUS }).regex(/^[1-5](?:\d\d|xx|XX)$/, { error: STATUS }),
  ],
  { error: STATUS },
);

const LATENCY = 'a time with its unit, such as <500ms';
/** Its bare numbers would be seconds here and are ms in objectives, so it has none. */
const latency = z
  .string({ error: LATENCY })
  .regex(/^\s*<?\s*(?:[\d.]+\s*(?:ms|s|m|h)\s*)+$/, { error: LATENCY })
  .transform((value, context) => timeOf(value.replace('<', ''), LIMITS.latency, context));

const SUBJECTS = ['status', 'latency', 'json', 'header', 'body'] as const;
const CHECK = 'a check such as {status: 200}, {json: $.ok} or {latency: <500ms}';

const check = map(CHECK, {
  status: z
    .union([code, z.array(code, { error: STATUS }).min(1, { error: STATUS })], { error: STATUS })
    .optional()
    .meta({
      description: 'What the status has to be. Without a check of it, it has to be below 400.',
      examples: [200, [200, 201], '2xx'],
    }),
  latency: latency.optional().meta({
    description: 'The answer has to have come within this time, counted from when the request was to be sent.',
    examples: ['<500ms'],
  }),
  json: jsonPath.optional().meta({
    description: 'A JSONPath (RFC 9535) into the body. What it finds has to exist, or to be what is said beside it.',
    examples: ['$.ok', '$.items[0].price'],
  }),
  header: z
    .string({ error: HEADER })
    .optional()
    .meta({ description: 'A header. It has to exist, or to be what is said beside it.', examples: ['content-type'] }),
  body: z
    .union([template, bodyTests], { error: BODY })
    .optional()
    .meta({
      description:
        'What the body as a text has to be: nonempty, a text that it contains, or a map such as {matches: "^ok"}.',
      examples: ['nonempty', { contains: 'ok' }],
    }),
  ...TESTS,
})
  .superRefine((value, context) => {
    const subject = onlyOne(value, SUBJECTS, context, {
      why: 'a check looks at one thing. Write two checks.',
      needed: `Say what is checked: ${listed(SUBJECTS, 'or')}.`,
    });
    if (subject === 'json' || subject === 'header') onlyOne(value, TEST_KEYS, context, { why: ONE_TEST, needed: null });
    else if (subject !== null) noTests(value, subject, context);
  })
  .meta(oneRequired(SUBJECTS));

function noTests(value: Readonly<Record<string, unknown>>, subject: string, context: Context): void {
  const stray = TEST_KEYS.find((key) => value[key] !== undefined);
  if (stray === undefined) return;
  const instead = subject === 'body' ? `write body: {${stray}: …}.` : `write what it has to be after "${subject}:".`;
  addIssue(context, [stray], `"${stray}" does not go with "${subject}"; ${instead}`, { at: 'key' });
}

export const checks = z
  .array(check, { error: `a list of checks, such as [{status: 200}, {json: $.ok}]` })
  .meta({ description: 'What the answer has to be. A request whose answer is not has failed.' });

export type ExtractionDocument = z.output<typeof extract>[string];
export type TimingsDocument = z.output<typeof timings>;
export type CheckDocument = z.output<typeof check>;
export type TestDocument = z.output<typeof bodyTests>;
