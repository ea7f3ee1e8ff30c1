import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import type { Plan } from '../../src/load/plan/plan.ts';
import { LiveObjectives } from '../../src/runner/live-objectives.ts';
import type { ObjectiveResult, RunDocument } from '../../src/runs/run-document.ts';
import { scenarioOf, stepTo } from '../support/plans.ts';
import { concludedRun, limit, type MadeRequest, packed, STREAM, streamPlan } from '../support/stream-run.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'tailflame-limits-'));
});
after(() => rm(folder, { recursive: true, force: true }));

/** 400 requests: the n-th comes to its first chunk after n ms, has one gap of 2n ms, and three tokens. */
const REQUESTS = Array.from({ length: 400 }, (_, i): MadeRequest => {
  const intended = 2000 + 20 * i;
  const first = intended + i + 1;
  const last = first + 2 * (i + 1);
  return { intended, chunks: [first, last], end: last, details: { outputTokens: 3 } };
});

async function judged(
  objectives: readonly string[],
  requests: readonly MadeRequest[] = REQUESTS,
  more: Partial<Plan> = {},
): Promise<RunDocument> {
  const plan = streamPlan({ objectives: objectives.map(limit), ...more });
  return (await concludedRun(folder, plan, requests)).document;
}

const outcomeOf = ({ objective, value, ok }: ObjectiveResult): unknown[] => [objective, value, ok];

test('limits on the times of streams are judged like those on latency', async () => {
  const { objectives } = await judged([
    'ttft: p(99)<500',
    'ttft: p(50)<100',
    'ttft: avg<=200.5',
    'gap: max<800',
    'gap: med<500',
    'tpot: p(95)<500',
    'tpot: min==1',
    'first_visible: p(99.9)<999',
  ]);
  assert.deepEqual(objectives.map(outcomeOf), [
    ['ttft: p(99)<500', 396, true],
    ['ttft: p(50)<100', 200, false],
    ['ttft: avg<=200.5', 200.5, true],
    ['gap: max<800', 800, false],
    ['gap: med<500', 400, true],
    ['tpot: p(95)<500', 380, true],
    ['tpot: min==1', 1, true],
    ['first_visible: p(99.9)<999', null, null],
  ]);
});

test('tokens a second are of answers that ended in the measured time, and their number of all', async () => {
  // All end by 10,000 + 400 + 800 = before 12 s: 1,200 tokens in 10 s.
  const { objectives } = await judged(['output_tokens: rate>=120', 'output_tokens: count==1200']);
  assert.deepEqual(objectives.map(outcomeOf), [
    ['output_tokens: rate>=120', 120, true],
    ['output_tokens: count==1200', 1200, true],
  ]);
});

test('good requests are those within all limits on single ones, of all that were due', async () => {
  const failed: MadeRequest = { outcome: 'stream-error', intended: 11_000, chunks: [11_001], end: 11_002 };
  const lost: MadeRequest = { outcome: 'dropped', intended: 11_000, end: Number.NaN };
  // TTFT of the first 149, TPOT of the first 100, of 500 that were due.
  const requests = [...REQUESTS, ...new Array<MadeRequest>(60).fill(failed), ...new Array<MadeRequest>(40).fill(lost)];
  const { objectives, streaming } = await judged(
    ['ttft: p(50)<150', 'tpot: max<=100', 'good: rate>=20%', 'good: count==100', 'goodput: rate>10'],
    requests,
  );
  assert.deepEqual(objectives.slice(2).map(outcomeOf), [
    ['good: rate>=20%', 0.2, true],
    ['good: count==100', 100, true],
    ['goodput: rate>10', 10, false],
  ]);
  assert.deepEqual([streaming!.goodput, streaming!.goodputShare], [10, 0.2]);
  assert.equal(objectives[4]!.reason, 'goodput: rate>10 does not hold: it was 10/s.');
});

test('a limit for one step judges that one alone, in objectives and in goodput', async () => {
  const url = 'http://127.0.0.1:8000/v1/chat/completions';
  const scenarios = [
    scenarioOf(stepTo(url, { name: 'ask', stream: STREAM }), stepTo(url, { name: 'again', stream: STREAM })),
  ];
  const requests = REQUESTS.map((request, i) => ({ ...request, step: i % 2 }));
  const { objectives } = await judged(
    ['ttft{step:ask}: max<400', 'gap{step:again}: min>=4', 'tpot{step:ask}: p(50)<=100', 'good: count>0'],
    requests,
    { scenarios },
  );
  assert.deepEqual(objectives.map(outcomeOf), [
    ['ttft{step:ask}: max<400', 399, true],
    ['gap{step:again}: min>=4', 4, true],
    ['tpot{step:ask}: p(50)<=100', 199, false],
    // All 200 of the other step, and the first 50 of this one.
    ['good: count>0', 250, true],
  ]);
});

test('what was cut off counts where it ran long enough, and nowhere else', async () => {
  const cut = REQUESTS.map((request): MadeRequest => ({ ...request, outcome: 'cancelled', details: {} }));
  const whole: MadeRequest = { intended: 11_000, chunks: [11_001, 11_011], end: 11_012, details: { outputTokens: 2 } };
  const { objectives } = await judged(
    ['ttft: max<=400', 'gap: max<=800', 'latency: max<=12', 'tpot: max<=10', 'service: avg<=12', 'good: count==401'],
    [...cut, whole],
  );
  assert.deepEqual(objectives.map(outcomeOf), [
    ['ttft: max<=400', 400, true],
    ['gap: max<=800', 800, true],
    ['latency: max<=12', 12, true],
    ['tpot: max<=10', 10, true],
    ['service: avg<=12', 12, true],
    ['good: count==401', 401, true],
  ]);
});

test('what the answers do not tell cannot be judged, and what they do not have does not hold', async () => {
  const silent = REQUESTS.map((request): MadeRequest => ({ ...request, details: {} }));
  const untold = await judged(['tpot: p(95)<50', 'output_tokens: rate>1', 'good: rate>1%'], silent);
  assert.deepEqual(untold.objectives.map(outcomeOf), [
    ['tpot: p(95)<50', null, null],
    ['output_tokens: rate>1', null, null],
    ['good: rate>1%', null, null],
  ]);
  assert.equal(untold.verdict.status, 'inconclusive');
  assert.equal(
    untold.verdict.sentence,
    "Can't tell yet: tpot: p(95)<50 cannot be told: not every answer tells its number of tokens. Let the server report its usage, or give the model's tokenizer.",
  );
  const empty = REQUESTS.map(({ intended, end }): MadeRequest => ({ intended, end, details: { outputTokens: 0 } }));
  const { objectives } = await judged(['ttft: p(99)<500', 'gap: p(99)<500'], empty);
  assert.deepEqual(
    objectives.map(({ ok, reason }) => [ok, reason]),
    [
      [false, 'ttft: p(99)<500 does not hold: no answer had content, reasoning or a tool call.'],
      [false, 'gap: p(99)<500 does not hold: no answer had two chunks with content.'],
    ],
  );
});

test('where nothing was answered there are no tokens and no good requests, and that is no doubt', async () => {
  const failing = REQUESTS.map((request): MadeRequest => ({ ...request, outcome: 'stream-error' }));
  const { objectives } = await judged(['output_tokens: count>=1', 'ttft: p(99)<500', 'good: rate>=1%'], failing);
  assert.deepEqual(
    objectives.map(({ value, ok }) => [value, ok]),
    [
      [0, false],
      [null, false],
      [0, false],
    ],
  );
});

test('gaps are judged in windows by when they ended', async () => {
  // A gap of 5 ms every 10 ms of the measured time, and of 300 ms in the three seconds from 4 s on.
  const long: MadeRequest = {
    intended: 2000,
    chunks: Array.from({ length: 1000 }, (_, i) => 2000 + 10 * i),
    end: 12_000,
    details: { outputTokens: 1000 },
  };
  const stalling: MadeRequest = {
    intended: 5900,
    chunks: Array.from({ length: 11 }, (_, i) => 6000 + 300 * i),
    end: 9100,
    details: { outputTokens: 11 },
  };
  const windowed = { ...limit('gap: max<100'), window: 2000 };
  const plan = streamPlan({ objectives: [windowed] });
  const { document } = await concludedRun(folder, plan, [long, stalling]);
  assert.deepEqual(outcomeOf(document.objectives[0]!), ['gap: max<100', 300, false]);
  assert.match(document.objectives[0]!.reason!, /^gap: max<100 broke from \d s to \d s: it was 300 ms\.$/);
});

test('a limit on gaps that ends a run does so while it runs', () => {
  const plan = streamPlan({ objectives: [{ ...limit('gap: max<100'), abort: true, after: 1000 }] });
  const objectives = new LiveObjectives(plan, false);
  objectives.begin(2000);
  const add = (request: MadeRequest): void => {
    const { rows, details, chunks } = packed([request]);
    objectives.add(rows, details);
    objectives.addChunks(chunks);
  };
  add({ intended: 2000, chunks: [2010, 2050], end: 2060 });
  assert.equal(objectives.look(4000), null);
  add({ outcome: 'reset', intended: 3000, chunks: [3010, 3950], end: 3960 });
  assert.equal(objectives.look(6000), null, 'of an answer that failed');
  add({ intended: 5000, chunks: [5010, 5250], end: 5260 });
  assert.equal(objectives.look(8000), 'gap: max<100 was broken after 5.8 s: it was 240 ms.');
});
