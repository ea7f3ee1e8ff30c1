import * as z from 'zod';
import { grpcMethod } from '../../grpc/grpc-method.ts';
import { compileAddress } from '../../scenario/address.ts';
import { placeholdersOf } from '../../scenario/template.ts';
import { parseDuration } from '../duration.ts';
import { isWithin, LIMITS, rangeText } from '../limits.ts';
import { METHODS, type Method } from '../plan.ts';
import { checks, extract, timings } from './answer-schema.ts';
import {
  addIssue,
  checked,
  fileName,
  headers,
  jsonTemplate,
  map,
  oneRequired,
  onlyOne,
  tags,
  template,
  text,
  texts,
} from './schema-parts.ts';
import { stream } from './stream-schema.ts';

/* What plan files say about requests. */

const ADDRESS = 'an address such as /items';
const ANY_BASE = 'http://127.0.0.1';

const address = (method: Method) =>
  checked(z.string({ error: ADDRESS }), (url) => compileAddress(url, {}, ANY_BASE))
    .optional()
    .meta({
      description: `Sends ${method} to this address: a path of the target such as /items, or a whole URL. It may hold \${…}.`,
      examples: ['/items', '/items/${id}'],
    });

const PART = 'a text, or a file such as {file: cat.jpg}';
const part = z.union(
  [
    template,
    map(PART, {
      file: fileName.meta({ description: 'A file, relative to this one, sent as it is.', examples: ['cat.jpg'] }),
      type: text.optional().meta({ description: 'Its content type. Default: by its name.', examples: ['image/jpeg'] }),
      filename: template.optional().meta({ description: 'The name the server is told. Default: its own.' }),
    }),
  ],
  { error: PART },
);

const THINK = 'a time such as 1s, or a range such as 1s-3s';
const think = z
  .union([z.number().min(0, { error: THINK }), z.string({ error: THINK })], { error: THINK })
  .transform((value, context): [number, number] => {
    const range = thinkTime(String(value));
    if (range?.every((ms) => isWithin(LIMITS.think, ms)) && range[0] <= range[1]) return range;
    addIssue(context, [], '', { expected: range === null || range[0] > range[1] ? THINK : rangeText(LIMITS.think) });
    return z.NEVER;
  });

/** `1s` or `1s-3s`. In a range both have a unit: `100-300ms` would be 100 s to 0.3 s. */
function thinkTime(written: string): [number, number] | null {
  const [least, most, ...more] = written.split('-');
  if (more.length > 0 || least === undefined) return null;
  if (most !== undefined && ![least, most].every((end) => /[a-z]/.test(end))) return null;
  const from = parseDuration(least);
  const to = most === undefined ? from : parseDuration(most);
  return from === null || to === null ? null : [from, to];
}

const ROWS = `${rangeText(LIMITS.batch)}, or a text such as \${env.BATCH}`;
const { least, most } = LIMITS.batch;
const wholeRows = z.int({ error: ROWS }).min(least, { error: ROWS }).max(most, { error: ROWS });
const batch = z
  .union([wholeRows, checked(z.string({ error: ROWS }), placeholdersOf)], { error: ROWS })
  .superRefine((value, context) => {
    if (typeof value === 'number' || placeholdersOf(value).length > 0) return;
    if (!isWithin(LIMITS.batch, Number(value))) addIssue(context, [], '', { expected: ROWS });
  });

export const METHOD_KEYS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'grpc'] as const;
const CALL = 'the method of a gRPC service, such as ModelInfer';
const BODY_KEYS = ['json', 'body', 'form', 'multipart', 'file'] as const;
/** What people write who know other tools. */
const LIKE_METHODS = ['url', 'method', 'path'];
const HINTS = new Map(
  LIKE_METHODS.map((key) => [key, `"${key}" is not known here; write the method before the address: get: /items.`]),
);

const STEP = 'a step such as {get: /items}';
export const step = map(
  STEP,
  {
    name: text.optional().meta({
      description: 'What it is called in results and objectives. Default: its method and path, such as "POST /cart".',
      examples: ['cart'],
    }),
    get: address('GET'),
    post: address('POST'),
    put: address('PUT'),
    patch: address('PATCH'),
    delete: address('DELETE'),
    head: address('HEAD'),
    options: address('OPTIONS'),
    grpc: checked(z.string({ error: CALL }), grpcMethod)
      .optional()
      .meta({
        description:
          'Calls this method of inference.GRPCInferenceService, of a target grpc://HOST:PORT. What it sends is written as json:, as over HTTP, with model_name in it; what it answers is looked into as JSON.',
        examples: ['ModelInfer', 'ModelReady', 'ServerLive'],
      }),
    query: texts('a map of texts, such as {size: 3}', template)
      .optional()
      .meta({ description: 'Added to the address, encoded as it needs.', examples: [{ size: '3' }] }),
    headers: headers.optional().meta({
      description: "Sent with this request; they win over the target's.",
      examples: [{ accept: 'application/json' }],
    }),
    json: jsonTemplate.optional().meta({
      description:
        'A body of JSON, with its content type. Its texts may hold ${…}; one that is nothing but a single ${…} becomes that value, with its type.',
      examples: [{ item: '${items.name}', count: 1 }],
    }),
    body: template.optional().meta({ description: 'A body of text. It may hold ${…}.' }),
    form: texts('a map of texts, such as {user: ann}', template)
      .optional()
      .meta({ description: 'A body as browsers send forms (application/x-www-form-urlencoded).' }),
    multipart: texts(
      'a map of texts and files, such as {image: {file: cat.jpg}}',
      z.union([part, z.array(part)], { error: PART }),
    )
      .optional()
      .meta({
        description:
          'A body of parts (multipart/form-data): texts and files by name; a list sends several of one name.',
        examples: [{ image: { file: 'cat.jpg' } }],
      }),
    file: fileName.optional().meta({
      description: 'A body that is a file, relative to this one, sent as it is: an image, a tensor.',
      examples: ['cat.jpg'],
    }),
    extract: extract.optional(),
    check: checks.optional(),
    think: think.optional().meta({
      description: 'Waited before the request: a time, or a range that one is drawn from.',
      examples: ['1s', '1s-3s'],
    }),
    stream: stream.optional(),
    batch: batch.optional().meta({
      description:
        'How many rows the body is to have, of an API whose rows are known (KServe and Triton, TensorFlow Serving, Seldon, MLflow, SageMaker, BentoML, embeddings, rerankers, images): those written in it are cut or repeated, and shapes and binary tensors go with them.',
      examples: [8, '${env.BATCH}'],
    }),
    timings: timings.optional(),
    tags,
  },
  HINTS,
)
  .superRefine((value, context) => {
    onlyOne(value, METHOD_KEYS, context, {
      why: 'a step is one request. Write two steps.',
      needed: `A step sends something: get: /items, or another of ${METHODS.join(', ').toLowerCase()}.`,
      like: LIKE_METHODS,
    });
    const other = BODY_KEYS.find((key) => key !== 'json' && value[key] !== undefined);
    if (value.grpc !== undefined && other !== undefined) {
      addIssue(context, [other], `"${other}" does not go with "grpc": write what it sends as json:.`, { at: 'key' });
    }
    onlyOne(value, BODY_KEYS, context, { why: 'a request has one body.', needed: null });
  })
  .meta({
    id: 'step',
    title: 'Step',
    description: 'One request.',
    ...oneRequired(METHOD_KEYS),
  });

const STEPS = 'a list of steps, such as [{get: /items}]';
export const steps = z.array(step, { error: STEPS }).min(1, { error: STEPS });

export type StepDocument = z.output<typeof step>;
export type PartDocument = z.output<typeof part>;
