import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { steadyUsers } from '../../src/load/model/closed-load.ts';
import { plainTarget } from '../../src/load/plan/plain-plan.ts';
import type { Body, Step } from '../../src/load/plan/plan.ts';
import { PlanError } from '../../src/load/plan/plan-error.ts';
import { keepsDetails } from '../../src/load/scenario/kept-details.ts';
import { prepareStep, type RenderedRequest } from '../../src/load/scenario/prepared-step.ts';
import { StepError } from '../../src/load/scenario/step-error.ts';
import { valuesOf } from '../support/iteration-values.ts';
import { planOf, scenarioOf, stepTo } from '../support/plans.ts';

const TARGET = plainTarget('http://127.0.0.1:8000/gateway/');
const folder = mkdtempSync(path.join(os.tmpdir(), 'tailflame-shapes-'));

function sent(
  step: Partial<Step> & { readonly url: string },
  environment: Record<string, string> = {},
): RenderedRequest {
  const values = valuesOf({ user: 1, environment, known: { rows: [[1], [2], [3]], text: 'hello' } });
  return prepareStep({ ...stepTo(step.url, step), method: 'POST' }, TARGET, 0).render(values, null);
}

const json = (value: unknown): Body => ({ kind: 'json', value });
const bodyOf = ({ body }: RenderedRequest): unknown => JSON.parse(body!.toString());

/** What is sent and its size, as it is written and with `batch` rows. */
function batched(url: string, value: unknown, batch: number): { written: number; size: number; body: unknown } {
  const step = { url, body: json(value) };
  const request = sent({ ...step, batch: String(batch) });
  return { written: sent(step).size, size: request.size, body: bodyOf(request) };
}

function fileOf(name: string, content: Buffer | string): Body {
  const file = path.join(folder, name);
  writeFileSync(file, content);
  return { kind: 'file', file };
}

test('JSON tensors of KServe are cut and repeated, flat or nested, with their shapes', () => {
  const inputs = [
    { name: 'a', shape: [2, 3], datatype: 'FP32', data: [1, 2, 3, 4, 5, 6] },
    {
      name: 'b',
      shape: [2, 2],
      datatype: 'INT64',
      data: [
        [1, 2],
        [3, 4],
      ],
    },
    { name: 'c', shape: [2], datatype: 'BYTES', data: ['x', 'y'] },
  ];
  const request = { id: '7', inputs, outputs: [{ name: 'o' }] };
  for (const url of ['/v2/models/m/infer', '/v2/models/m/versions/3/infer', '/prefix/v2/models/m/infer']) {
    assert.deepEqual(batched(url, request, 3), {
      written: 2,
      size: 3,
      body: {
        id: '7',
        inputs: [
          { name: 'a', shape: [3, 3], datatype: 'FP32', data: [1, 2, 3, 4, 5, 6, 1, 2, 3] },
          {
            name: 'b',
            shape: [3, 2],
            datatype: 'INT64',
            data: [
              [1, 2],
              [3, 4],
              [1, 2],
            ],
          },
          { name: 'c', shape: [3], datatype: 'BYTES', data: ['x', 'y', 'x'] },
        ],
        outputs: [{ name: 'o' }],
      },
    });
  }
  assert.deepEqual(batched('/v2/models/m/infer', request, 1).body, {
    ...request,
    inputs: [
      { ...inputs[0], shape: [1, 3], data: [1, 2, 3] },
      { ...inputs[1], shape: [1, 2], data: [[1, 2]] },
      { ...inputs[2], shape: [1], data: ['x'] },
    ],
  });
});

test('binary tensors of Triton are cut and repeated with their sizes and the length of the JSON', () => {
  const floats = Buffer.from(new Float32Array([1, 2, 3, 4]).buffer);
  const element = (text: string): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(Buffer.byteLength(text));
    return Buffer.concat([length, Buffer.from(text)]);
  };
  const texts = Buffer.concat([element('grüße'), element('')]);
  const head = JSON.stringify({
    inputs: [
      { name: 'x', shape: [2, 2], datatype: 'FP32', parameters: { binary_data_size: floats.length } },
      { name: 'n', shape: [2, 1], datatype: 'INT32', data: [8, 9] },
      { name: 't', shape: [2, 1], datatype: 'BYTES', parameters: { binary_data_size: texts.length } },
    ],
  });
  const body = fileOf('tensors.bin', Buffer.concat([Buffer.from(head), floats, texts]));
  const headers = { 'Inference-Header-Content-Length': String(head.length) };
  const step = { url: '/v2/models/m/infer', body, headers };
  assert.equal(sent(step).size, 2);
  const request = sent({ ...step, batch: '3' });
  assert.equal(request.size, 3);
  assert.equal(request.headers.filter((name) => name === 'inference-header-content-length').length, 1);
  const length = Number(request.headers[request.headers.indexOf('inference-header-content-length') + 1]);
  assert.deepEqual(JSON.parse(request.body!.toString('utf8', 0, length)), {
    inputs: [
      { name: 'x', shape: [3, 2], datatype: 'FP32', parameters: { binary_data_size: 24 } },
      { name: 'n', shape: [3, 1], datatype: 'INT32', data: [8, 9, 8] },
      {
        name: 't',
        shape: [3, 1],
        datatype: 'BYTES',
        parameters: { binary_data_size: texts.length + element('grüße').length },
      },
    ],
  });
  const expected = Buffer.concat([floats, floats.subarray(0, 8), texts, element('grüße')]);
  assert.deepEqual(request.body!.subarray(length), expected);
});

test('TensorFlow Serving has its rows in instances, in columns or in examples', () => {
  const url = '/v1/models/m:predict';
  assert.deepEqual(batched(url, { signature_name: 's', instances: [1, 2] }, 5), {
    written: 2,
    size: 5,
    body: { signature_name: 's', instances: [1, 2, 1, 2, 1] },
  });
  assert.deepEqual(batched('/v1/models/m/versions/1:predict', { inputs: { a: [[1], [2]], b: [3, 4] } }, 1), {
    written: 2,
    size: 1,
    body: { inputs: { a: [[1]], b: [3] } },
  });
  assert.deepEqual(batched(url, { inputs: [[1, 2]] }, 2).body, {
    inputs: [
      [1, 2],
      [1, 2],
    ],
  });
  const examples = { context: { z: 1 }, examples: [{ x: 1 }] };
  assert.deepEqual(batched('/v1/models/m/labels/canary:classify', examples, 2).body, {
    context: { z: 1 },
    examples: [{ x: 1 }, { x: 1 }],
  });
  assert.equal(batched('/v1/models/m:regress', examples, 1).size, 1);
});

test('Seldon has its rows in an array or in a tensor with a shape', () => {
  assert.deepEqual(batched('/seldon/ns/d/api/v1.0/predictions', { data: { names: ['a'], ndarray: [[1]] } }, 2).body, {
    data: { names: ['a'], ndarray: [[1], [1]] },
  });
  assert.deepEqual(batched('/api/v0.1/predictions', { data: { tensor: { shape: [2, 2], values: [1, 2, 3, 4] } } }, 3), {
    written: 2,
    size: 3,
    body: { data: { tensor: { shape: [3, 2], values: [1, 2, 3, 4, 1, 2] } } },
  });
});

test('invocations have their rows in frames, records, instances, inputs and lines', () => {
  const url = '/invocations';
  assert.deepEqual(batched(url, { dataframe_split: { columns: ['a'], index: [0], data: [[1]] } }, 3).body, {
    dataframe_split: { columns: ['a'], index: [0, 1, 2], data: [[1], [1], [1]] },
  });
  assert.deepEqual(batched(url, { dataframe_records: [{ a: 1 }, { a: 2 }] }, 1).body, {
    dataframe_records: [{ a: 1 }],
  });
  assert.deepEqual(batched(url, { instances: [1] }, 2).body, { instances: [1, 1] });
  assert.deepEqual(batched(url, { inputs: 'one' }, 2), { written: 1, size: 2, body: { inputs: ['one', 'one'] } });
  assert.deepEqual(batched(url, { inputs: { a: [1, 2] } }, 1).body, { inputs: { a: [1] } });
  const lines = (text: string, type: string, batch: string): string => {
    const body: Body = { kind: 'text', text };
    return sent({ url, body, headers: { 'content-type': type }, batch }).body!.toString();
  };
  assert.equal(lines('a,b\n1,2\n3,4\n', 'text/csv', '3'), 'a,b\n1,2\n3,4\n1,2\n');
  assert.equal(lines('1,2\n3,4', 'text/csv; charset=utf-8', '3'), '1,2\n3,4\n1,2');
  assert.equal(lines('{"a":1}\n{"a":2}\n', 'application/jsonlines', '1'), '{"a":1}\n');
  assert.equal(lines('{"a":1}\n', 'application/jsonlines', '2'), '{"a":1}\n{"a":1}\n');
  assert.equal(lines('5', 'text/csv', '2'), '5\n5');
  const one = fileOf('row.jsonl', '{"a":1}');
  assert.equal(sent({ url, body: one, batch: '2' }).body!.toString(), '{"a":1}\n{"a":1}');
  const csv = fileOf('rows.csv', 'a\n1\n2\n');
  assert.equal(sent({ url, body: csv }).size, 2);
});

test('embeddings, rerankers and prompts count texts', () => {
  assert.deepEqual(batched('/v1/embeddings', { model: 'm', input: 'a' }, 2), {
    written: 1,
    size: 2,
    body: { model: 'm', input: ['a', 'a'] },
  });
  assert.equal(batched('/v1/embeddings', { input: [1, 2, 3] }, 1).written, 1);
  assert.deepEqual(batched('/v1/embeddings', { input: [[1, 2], [3]] }, 1).body, { input: [[1, 2]] });
  assert.deepEqual(batched('/api/embed', { input: ['a', 'b'] }, 3).body, { input: ['a', 'b', 'a'] });
  assert.deepEqual(batched('/embed', { inputs: 'a', truncate: true }, 1).body, { inputs: 'a', truncate: true });
  assert.deepEqual(batched('/v1/embed', { texts: ['a'] }, 2).body, { texts: ['a', 'a'] });
  assert.deepEqual(batched('/v1/rerank', { query: 'q', documents: ['a', 'b'] }, 3), {
    written: 2,
    size: 3,
    body: { query: 'q', documents: ['a', 'b', 'a'] },
  });
  assert.deepEqual(batched('/rerank', { query: 'q', texts: ['a'] }, 2).body, { query: 'q', texts: ['a', 'a'] });
  assert.deepEqual(batched('/v1/completions', { prompt: 'a' }, 2).body, { prompt: ['a', 'a'] });
  const chat = json({ messages: [{ content: 'a' }] });
  for (const url of ['/v1/chat/completions', '/openai/deployments/x/chat/completions']) {
    assert.equal(sent({ url, body: chat }).size, 1, url);
  }
  assert.equal(sent({ url: '/openai/deployments/x/completions', body: json({ prompt: ['a', 'b'] }) }).size, 2);
});

test('services of one’s own have rows where a list holds lists, objects or texts', () => {
  assert.deepEqual(batched('/predict', { features: [[1], [2]], k: 3 }, 1), {
    written: 2,
    size: 1,
    body: { features: [[1]], k: 3 },
  });
  assert.deepEqual(batched('/predict', [[1, 2]], 2).body, [
    [1, 2],
    [1, 2],
  ]);
  assert.deepEqual(batched('/predict', { instances: [1, 2] }, 1).body, { instances: [1] });
  assert.equal(sent({ url: '/predict', body: json({ input: 4 }) }).size, 1);
  assert.equal(sent({ url: '/predict', body: json({ input: [1, 2, 3] }) }).size, NaN);
  // Asked for, JSON on any path is looked into.
  assert.deepEqual(batched('/orders', { items: [{ a: 1 }] }, 2), {
    written: NaN,
    size: 2,
    body: { items: [{ a: 1 }, { a: 1 }] },
  });
});

test('images are parts of a form, base64 in JSON, or the body', () => {
  const picture = path.join(folder, 'cat.png');
  writeFileSync(picture, 'PNG');
  const image = { name: 'images', file: picture, filename: 'cat.png', type: 'image/png' };
  const body: Body = { kind: 'multipart', parts: [{ name: 'k', value: '1' }, image, { name: 'z', value: '2' }] };
  assert.equal(sent({ url: '/any', body }).size, 1);
  const form = sent({ url: '/any', body, batch: '3' });
  assert.equal(form.size, 3);
  const names = [...form.body!.toString().matchAll(/ name="(\w+)"/g)].map(([, name]) => name);
  assert.deepEqual(names, ['k', 'images', 'images', 'images', 'z']);
  const png = 'iVBORw0KGgoAAAA';
  assert.deepEqual(batched('/any', { images: [png] }, 2), { written: 1, size: 2, body: { images: [png, png] } });
  assert.equal(sent({ url: '/any', body: { kind: 'file', file: picture } }).size, 1);
});

test('a text of JSON and a file of it are read as JSON, and only the text holds placeholders', () => {
  const text: Body = { kind: 'text', text: '{"instances": ["${text}"]}' };
  assert.deepEqual(bodyOf(sent({ url: '/v1/models/m:predict', body: text, batch: '2' })), {
    instances: ['hello', 'hello'],
  });
  const file = fileOf('body.json', '{"instances": ["${text}"]}');
  const request = sent({ url: '/v1/models/m:predict', body: file, batch: '2' });
  assert.deepEqual(bodyOf(request), { instances: ['${text}', '${text}'] });
});

test('rows that come with a placeholder are counted in each request', () => {
  assert.equal(sent({ url: '/v1/models/m:predict', body: json({ instances: '${rows}' }) }).size, 3);
  assert.equal(sent({ url: '/v1/embeddings', body: json({ input: '${text}' }) }).size, 1);
});

test('a batch may be named by the environment, and changes from one iteration to the next', () => {
  const step = { url: '/predict', body: json({ rows: [['${counter}']] }), batch: '${env.BATCH}' };
  assert.deepEqual(bodyOf(sent(step, { BATCH: '2' })), { rows: [[1], [1]] });
  const wrong = (BATCH: string) => () => sent(step, { BATCH });
  const is = (error: unknown): boolean => error instanceof StepError && error.kind === 'template';
  for (const value of ['0', '1.5', '', 'x', '100001']) assert.throws(wrong(value), is, value);
  // Where it is written out it is the plan's fault.
  assert.throws(() => sent({ ...step, batch: 'abc' }), PlanError);
});

test('what has no rows that can be changed says why before the load', () => {
  const cases: readonly (readonly [string, unknown, RegExp])[] = [
    ['/v2/models/m/infer', { inputs: [{ name: 'x', shape: [], datatype: 'FP32', data: [1] }] }, /no batch dimension/],
    [
      '/v2/models/m/infer',
      {
        inputs: [
          { name: 'x', shape: [3], data: [1, 2, 3] },
          { name: 'y', shape: [1, 4], data: [1, 2, 3, 4] },
        ],
      },
      /"x" has the shape \[3\] and "y" \[1, 4\]/,
    ],
    [
      '/v2/models/m/infer',
      { inputs: [{ name: 'x', shape: [2, 2], data: [1, 2, 3] }] },
      /has 3 elements, .* asks for 4/,
    ],
    [
      '/v2/models/m/infer',
      { inputs: [{ name: 'x', shape: [1], parameters: { shared_memory_region: 'r' } }] },
      /shared memory/,
    ],
    [
      '/v2/models/m/infer',
      { inputs: [{ name: 'x', shape: [1], datatype: 'FP32', parameters: { binary_data_size: 4 } }] },
      /no Inference-Header-Content-Length/,
    ],
    ['/v1/models/m:predict', { instances: [] }, /is empty/],
    ['/v1/models/m:predict', { inputs: { a: [1], b: [1, 2] } }, /no lists of one length/],
    ['/api/v1.0/predictions', { strData: 'x' }, /Only of "data"/],
    ['/api/v1.0/predictions', { data: { tensor: { shape: [2, 2], values: [1] } } }, /asks for 4/],
    ['/predict', { input: [1, 2, 3] }, /one row or many/],
    ['/predict', { a: [['x']], b: [['x'], ['y']] }, /"a" has 1 and "b" 2/],
    ['/predict', { input: 4 }, /one item/],
    ['/v1/chat/completions', { messages: [] }, /one prompt/],
    ['/api/embeddings', { prompt: 'a' }, /\/api\/embed takes several/],
    ['/any', { image: 'iVBORw0KGgoAAAA' }, /a list of one/],
  ];
  for (const [url, value, why] of cases) {
    const is = (error: unknown): boolean =>
      error instanceof PlanError && /batch: /.test(error.message) && why.test(error.message);
    assert.throws(() => sent({ url, body: json(value), batch: '4' }), is, `${url} ${JSON.stringify(value)}`);
  }
  assert.throws(() => sent({ url: '/predict', batch: '4' }), /batch needs a body/);
  assert.throws(
    () => sent({ url: '/predict', body: { kind: 'text', text: '[${rows}]' }, batch: '4' }),
    /batch needs a body/,
  );
});

test('details are kept where the API of a step is known, or its times are told', () => {
  const plan = (step: Partial<Step>) => ({
    ...planOf('http://127.0.0.1:8000', steadyUsers(1, 1000)),
    scenarios: [scenarioOf(stepTo(step.url ?? '/', step))],
  });
  assert.equal(keepsDetails(plan({ url: '/orders', body: json({ items: [{}] }) })), false);
  assert.equal(keepsDetails(plan({ url: '/predict', body: json({}) })), true);
  const queue = { from: 'header', name: 'x', otherwise: null } as const;
  assert.equal(keepsDetails(plan({ url: '/orders', timings: { queue, compute: null, unit: 'ms' } })), true);
});
