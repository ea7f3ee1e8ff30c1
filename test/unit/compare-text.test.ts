import assert from 'node:assert/strict';
import test from 'node:test';
import { differences } from '../../src/find/differences.ts';
import { steadyRate } from '../../src/load/model/open-load.ts';
import type { MadePrompts } from '../../src/load/plan/plan.ts';
import { resolvePlan } from '../../src/load/plan/resolve-plan.ts';
import { compareText } from '../../src/report/compare-text.ts';
import type { RunDocument, StepFigures, StreamingFigures, Waits } from '../../src/runs/run-document.ts';
import { planOf } from '../support/plans.ts';
import { documentOf, latencyOf } from '../support/stored-run.ts';

const PROMPTS: MadePrompts = {
  tokens: { shape: 'fixed', tokens: 128 },
  output: null,
  turns: 1,
  shared: null,
  tokenizer: null,
  fresh: true,
  nonce: 0,
};

function compared(a: Partial<RunDocument>, b: Partial<RunDocument>, names: readonly [string?, string?] = []): string {
  const first = { document: documentOf(a), name: names[0] ?? null };
  const second = { document: documentOf(b), name: names[1] ?? null };
  return compareText(first, second, null, '/srv', false);
}

/** The cells of the line that begins with `label`. */
function cells(text: string, label: string): string[] {
  const line = text.split('\n').find((candidate) => candidate.trim().startsWith(`${label}  `));
  assert.ok(line, `${label} in\n${text}`);
  return line.trim().split(/ {2,}/);
}

test('figures of both stand beside each other with what lies between', () => {
  const text = compared({ latency: latencyOf(4, 63) }, { latency: latencyOf(5, 43) }, ['before', 'after']);
  assert.deepEqual(cells(text, 'p50'), ['p50', '4.0 ms', '5.0 ms', '+1.0 ms (+25 %)']);
  assert.deepEqual(cells(text, 'p99'), ['p99', '63 ms', '43 ms', '−20 ms (−32 %)']);
  assert.deepEqual(cells(text, 'answered'), ['answered', '600', '600', '0']);
  assert.deepEqual(cells(text, 'Name'), ['Name', 'before', 'after']);
  assert.match(text, /^First {3}Measured: 600 requests in 10 s\.$/m);
});

test('what is unknown in one is unknown as a difference, and nothing is divided by zero', () => {
  const text = compared({ latency: latencyOf(0, null) }, { latency: latencyOf(5, 43) });
  assert.deepEqual(cells(text, 'p99'), ['p99', 'unknown', '43 ms', 'unknown']);
  assert.deepEqual(cells(text, 'p50'), ['p50', '0.00 ms', '5.0 ms', '+5.0 ms']);
  assert.doesNotMatch(text, /NaN|Infinity/);
});

test('how late requests were sent is compared at the highest percentile that both tell', () => {
  const of = (lateness: Waits): Partial<RunDocument> => {
    return { health: { ...documentOf({}).health, lateness } };
  };
  const long = of({ p50: 0.1, p90: 0.2, p95: 0.3, p99: 0.8 });
  const short = of({ p50: 0.2, p90: 0.5, p95: 0.9, p99: null });
  assert.deepEqual(cells(compared(long, long), 'late p99'), ['late p99', '0.80 ms', '0.80 ms', '0']);
  assert.deepEqual(cells(compared(long, short), 'late p95'), ['late p95', '0.30 ms', '0.90 ms', '+0.60 ms (+200 %)']);
  const none = of({ p50: 0.2, p99: null });
  assert.deepEqual(cells(compared(long, none), 'late p99'), ['late p99', '0.80 ms', 'unknown', 'unknown']);
});

test('streams of both stand beside each other, also where one of the runs has none', () => {
  const streaming = (p50: number, tokensPerSecond: number): StreamingFigures => ({
    ttft: latencyOf(p50, 310),
    firstVisible: latencyOf(p50, 310),
    gap: latencyOf(21.4, 40),
    tpot: latencyOf(22, 41),
    outputTokens: 12_400,
    inputTokens: 3200,
    cachedTokens: null,
    tokensPerSecond,
    goodput: 4,
    goodputShare: 0.8,
  });
  const text = compared({ streaming: streaming(120, 1000) }, { streaming: streaming(90, 1250) });
  assert.deepEqual(cells(text, 'output a second'), ['output a second', '1,000/s', '1,250/s', '+250/s (+25 %)']);
  assert.deepEqual(cells(text, 'goodput'), ['goodput', '4/s', '4/s', '0']);
  assert.deepEqual(cells(text, 'of them cached'), ['of them cached', 'unknown', 'unknown', 'unknown']);
  const ttft = text.slice(text.indexOf('\nTTFT'), text.indexOf('\nFirst visible'));
  assert.deepEqual(cells(ttft, 'p50'), ['p50', '120 ms', '90.0 ms', '−30.0 ms (−25 %)']);
  assert.deepEqual(cells(compared({}, { streaming: streaming(90, 1250) }), 'goodput'), [
    'goodput',
    'unknown',
    '4/s',
    'unknown',
  ]);
  assert.doesNotMatch(compared({}, {}), /TTFT|goodput/);
});

test('it claims nothing about chance', () => {
  const text = compared({ latency: latencyOf(4, 63) }, { latency: latencyOf(400, 6300) });
  assert.match(text, /how much of a difference is chance is not told here/);
  assert.doesNotMatch(text, /significan|better|worse|regress|improve/i);
});

test('equal plans and surroundings are said to be equal', () => {
  const text = compared({}, {});
  assert.match(text, /^The plans are the same\.$/m);
  assert.match(text, /^Machine, target, profiler and Tailflame are the same\.$/m);
});

test('prompts that are fresh in every run are no difference of the plans', () => {
  const run = (nonce: number): Partial<RunDocument> => {
    const prompts = { ...PROMPTS, nonce };
    const plan = planOf('http://127.0.0.1:8000/v1/chat/completions', steadyRate(2, 10_000), { data: { prompts } });
    return { plan: resolvePlan(plan, steadyRate(1, 1)) };
  };
  assert.match(compared(run(312), run(98)), /^The plans are the same\.$/m);
});

test('differences of plan, machine and target are named', () => {
  const plan = planOf('http://127.0.0.1:8000/predict', steadyRate(60, 10_000));
  const other = { ...plan, load: steadyRate(80, 10_000), timeout: 5000 };
  const { environment, target } = documentOf();
  const text = compared(
    { plan: resolvePlan(plan, steadyRate(1, 1)) },
    {
      plan: resolvePlan(other, steadyRate(1, 1)),
      environment: { ...environment, node: 'v25.0.0' },
      target: { ...target, runtime: 'python' },
      tailflame: '0.2.0',
    },
  );
  assert.deepEqual(cells(text, 'load.stages.steady.from'), ['load.stages.steady.from', '60', '→', '80']);
  assert.deepEqual(cells(text, 'timeout'), ['timeout', '10000', '→', '5000']);
  assert.deepEqual(cells(text, 'environment.node'), ['environment.node', 'v24.0.0', '→', 'v25.0.0']);
  assert.deepEqual(cells(text, 'target.runtime'), ['target.runtime', 'none', '→', 'python']);
  assert.deepEqual(cells(text, 'tailflame'), ['tailflame', '0.1.0', '→', '0.2.0']);
  assert.doesNotMatch(text, /target\.address/);
});

test('steps meet by their names, and one that only one run has is unknown in the other', () => {
  const step = (name: string, p99: number): StepFigures => {
    const { load } = documentOf();
    return { scenario: 'main', step: name, load, latency: latencyOf(1, p99), prevented: 0, errors: [] };
  };
  const text = compared({ steps: [step('cart', 20), step('pay', 30)] }, { steps: [step('pay', 60), step('wait', 5)] });
  const after = (title: string): string => text.slice(text.indexOf(`Step ${title}`));
  assert.deepEqual(cells(after('pay'), 'p99'), ['p99', '30 ms', '60 ms', '+30 ms (+100 %)']);
  assert.deepEqual(cells(after('cart'), 'p99'), ['p99', '20 ms', 'unknown', 'unknown']);
  assert.deepEqual(cells(after('wait'), 'p99'), ['p99', 'unknown', '5.0 ms', 'unknown']);
});

test('errors, objectives and the profiled stretch are compared where either run has them', () => {
  const objective = { objective: 'p(99)<250', value: 63, ok: true };
  const text = compared(
    { errors: [{ kind: 'timeout', count: 3, example: '' }], objectives: [objective] },
    { profiled: latencyOf(7, 70), objectives: [{ ...objective, value: 263, ok: false }] },
  );
  assert.deepEqual(cells(text, 'timeout'), ['timeout', '3', '0', '−3 (−100 %)']);
  assert.deepEqual(cells(text, 'p(99)<250'), ['p(99)<250', '63 ms, holds', '263 ms, broken']);
  assert.deepEqual(cells(text.slice(text.indexOf('Profiled')), 'p99'), ['p99', 'unknown', '70 ms', 'unknown']);
});

test('a run written by the first version compares with one of today', () => {
  const plan = {
    target: { url: 'http://127.0.0.1:8000/predict', method: 'POST', headers: {}, body: '{}' },
    load: { model: 'open', rate: 60 },
    duration: 10_000,
    warmup: 2000,
    timeout: 30_000,
    connections: 256,
    seed: 1,
    objectives: [],
  };
  assert.match(compared({ plan }, {}), /^The plans are the same\.$/m);
});

test('lists of many values are told by their number, entries by their names', () => {
  const times = Array.from({ length: 2000 }, (_, i) => i);
  assert.deepEqual(differences({ times }, { times: [...times, 1] }), [
    { path: 'times', first: '2,000 entries', second: '2,001 entries' },
  ]);
  const steps = [
    { name: 'a', url: '/1' },
    { name: 'b', url: '/2' },
  ];
  assert.deepEqual(differences({ steps }, { steps: [steps[1], { name: 'a', url: '/3' }] }), [
    { path: 'steps.a.url', first: '/1', second: '/3' },
  ]);
});
