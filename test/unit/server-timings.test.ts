import assert from 'node:assert/strict';
import test from 'node:test';
import type { TimingsPlan } from '../../src/load/plan/plan.ts';
import { Answer } from '../../src/load/scenario/answer.ts';
import { compileTimings, readTimingHeaders } from '../../src/load/scenario/server-timings.ts';
import { unknownDetails } from '../../src/runs/request-table.ts';

function fromHeaders(headers: Record<string, string>): [number, number] {
  const details = unknownDetails();
  readTimingHeaders((name) => headers[name], details);
  return [details.serverQueue, details.serverCompute];
}

test('the headers of text-generation-inference and text-embeddings-inference are whole ms', () => {
  const both = { 'x-queue-time': '3', 'x-inference-time': '25' };
  assert.deepEqual(fromHeaders({ ...both, 'x-total-time': '29' }), [3, 25]);
  // One of them alone is anybody's, and may be seconds.
  assert.deepEqual(fromHeaders({ 'x-inference-time': '0.025' }), [NaN, NaN]);
  assert.deepEqual(fromHeaders({ ...both, 'x-total-time': 'soon' }), [NaN, NaN]);
});

test('Server-Timing is read by its grammar, the more exact name first', () => {
  const timing = (value: string) => fromHeaders({ 'server-timing': value });
  assert.deepEqual(timing('queue;dur=1.5, total;dur=9, inference;dur=7.25'), [1.5, 7.25]);
  assert.deepEqual(timing('db;desc="a, queue;dur=5";dur=2, Compute ; dur="4"'), [NaN, 4]);
  assert.deepEqual(timing('miss, cache;desc="x"'), [NaN, NaN]);
  assert.deepEqual(timing('queue;dur=-1, infer;dur=x, total;dur='), [NaN, NaN]);
  assert.deepEqual(timing(''), [NaN, NaN]);
});

test('what Server-Timing does not name is left as it was', () => {
  const details = { ...unknownDetails(), serverQueue: 4, serverCompute: 30 };
  const read = (value: string): number[] => {
    readTimingHeaders((name) => (name === 'server-timing' ? value : undefined), details);
    return [details.serverQueue, details.serverCompute];
  };
  assert.deepEqual(read('edge;dur=1'), [4, 30]);
  assert.deepEqual(read('queue;dur=5'), [5, 30]);
  assert.deepEqual(read('infer;dur=31'), [5, 31]);
});

test('of a total the wait is taken off, and without the wait it tells no work', () => {
  const timing = (value: string) => fromHeaders({ 'server-timing': value });
  assert.deepEqual(timing('queue;dur=2, total;dur=9'), [2, 7]);
  assert.deepEqual(timing('wait;dur=2, app;dur=9'), [2, 7]);
  assert.deepEqual(timing('total;dur=9'), [NaN, NaN]);
  assert.deepEqual(timing('queue;dur=9, total;dur=2'), [9, NaN]);
});

const json = (path: string) => ({ from: 'json', path, otherwise: null }) as const;

function told(plan: TimingsPlan, body: string, headers: Record<string, string> = {}): [number, number] {
  const details = unknownDetails();
  const sent = { path: '/', method: 'GET', headers: [], body: null };
  compileTimings(plan).read(new Answer(200, headers, Buffer.from(body), 1), sent, details);
  return [details.serverQueue, details.serverCompute];
}

test('times are read where the plan says, in its unit', () => {
  const compute = { from: 'header', name: 'X-Compute', otherwise: null } as const;
  const plan = { queue: json('$.t.queue'), compute, unit: 'us' } as const;
  assert.deepEqual(told(plan, '{"t":{"queue":1500}}', { 'x-compute': '250' }), [1.5, 0.25]);
  assert.deepEqual(told({ ...plan, unit: 's' }, '{"t":{"queue":"0.5"}}', { 'x-compute': '2' }), [500, 2000]);
  assert.equal(compileTimings(plan).needsBody, true);
  assert.equal(compileTimings({ ...plan, queue: null }).needsBody, false);
});

test('what is no time is unknown, and fails no request', () => {
  const plan = { queue: json('$.q'), compute: json('$.c'), unit: 'ms' } as const;
  for (const body of ['', 'x', '{}', '{"q":null,"c":-1}', '{"q":true,"c":"soon"}', '{"q":"","c":[1]}']) {
    assert.deepEqual(told(plan, body), [NaN, NaN], body);
  }
});
