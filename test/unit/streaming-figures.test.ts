import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import type { Load } from '../../src/load/model/load-model.ts';
import type { Stage } from '../../src/load/model/stages.ts';
import { runResultView } from '../../src/report/run-result-view.ts';
import { openRun } from '../../src/runner/opened/open-run.ts';
import { scenarioOf, stepTo } from '../support/plans.ts';
import { concludedRun, limit, type MadeRequest, STREAM, streamPlan } from '../support/stream-run.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'tailflame-streams-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const tokens = (outputTokens: number, inputTokens: number, cachedTokens: number) => ({
  outputTokens,
  inputTokens,
  cachedTokens,
});
/** Was due before the measured time, and ended in it. */
const WARM: MadeRequest = {
  phase: 'warmup',
  intended: 1000,
  chunks: [1050, 1950],
  end: 2500,
  details: tokens(10, 7, 0),
};
const THREE_CHUNKS: MadeRequest = {
  intended: 3000,
  chunks: [3100, 3150, 3250],
  visible: 1,
  end: 3260,
  details: tokens(4, 20, 5),
};
/** Both of its chunks hold parts of one token. */
const ONE_TOKEN: MadeRequest = { intended: 4000, chunks: [4300, 4310], end: 4400, details: tokens(1, 30, 0) };
const CUT_OFF: MadeRequest = { outcome: 'cancelled', intended: 5000, chunks: [5200, 5230], end: 5300 };
const BROKEN: MadeRequest = {
  outcome: 'unterminated',
  intended: 6000,
  chunks: [6020, 7020],
  end: 7030,
  details: tokens(2, 9, 0),
};
/** Ends after the measured time, and never comes to what is visible. */
const LATE: MadeRequest = {
  intended: 11_000,
  chunks: [11_500, 11_700],
  visible: null,
  end: 12_500,
  details: tokens(3, 40, 1),
};
const RUN = [WARM, THREE_CHUNKS, ONE_TOKEN, CUT_OFF, BROKEN, LATE];
const LIMITS = [limit('ttft: p(99)<400'), limit('tpot: p(95)<60'), limit('latency: max<1s')];

test('every figure of streams is what the marks say, each by its own rule of who counts', async () => {
  const { document } = await concludedRun(folder, streamPlan({ objectives: LIMITS }), RUN);
  const { ttft, firstVisible, gap, tpot, ...rest } = document.streaming!;
  assert.deepEqual([ttft.count, ttft.min, ttft.mean, ttft.max], [4, 100, 275, 500]);
  assert.deepEqual([firstVisible.count, firstVisible.min, firstVisible.max], [3, 150, 300]);
  assert.deepEqual([gap.count, gap.min, gap.mean, gap.max], [5, 10, 78, 200]);
  assert.deepEqual([tpot.count, tpot.min, tpot.mean, tpot.max], [2, 50, 75, 100]);
  assert.equal(ttft.p50, null, 'four are too few for a median');
  assert.deepEqual(rest, {
    outputTokens: 8,
    inputTokens: 90,
    cachedTokens: 6,
    tokensPerSecond: 1.5,
    goodput: 0.3,
    goodputShare: 0.6,
    tokensFrom: 'server',
    cancelled: 1,
  });
  assert.deepEqual([document.latency.count, document.latency.mean, document.latency.max], [3, 720, 1500]);
  const { completed, failed, rate } = document.load;
  assert.deepEqual([completed, failed, rate.got], [4, 1, 0.4]);
  assert.deepEqual(
    document.errors.map(({ kind, count }) => [kind, count]),
    [['unterminated', 1]],
  );
});

test('an objective on a rate is held against the rate that is printed', async () => {
  const rates = ['requests: rate>0', 'output_tokens: rate>0', 'goodput: rate>0'].map(limit);
  const plan = streamPlan({ objectives: [limit('latency: max<1.4s'), ...rates] });
  const { load, streaming, objectives } = (await concludedRun(folder, plan, RUN)).document;
  assert.deepEqual(
    objectives.slice(1).map(({ value }) => value),
    [load.rate.got, streaming!.tokensPerSecond, streaming!.goodput],
  );
  assert.deepEqual([load.rate.got, streaming!.tokensPerSecond, streaming!.goodput], [0.4, 1.5, 0.3]);
});

test('percentiles of streams have the support that all others need', async () => {
  // The n-th is answered after n ms and has one gap of 2n ms.
  const requests = Array.from({ length: 400 }, (_, i): MadeRequest => {
    const intended = 2000 + 20 * i;
    const first = intended + i + 1;
    const last = first + 2 * (i + 1);
    return { intended, chunks: [first, last], end: last, details: tokens(3, 1, 0) };
  });
  const few = await concludedRun(folder, streamPlan(), requests.slice(0, 367));
  const { ttft } = few.document.streaming!;
  assert.deepEqual([ttft.p50, ttft.p95, ttft.p99, ttft.p999], [184, 349, null, null]);
  const { streaming } = (await concludedRun(folder, streamPlan(), requests)).document;
  const of = ({ p50, p90, p95, p99, p999 }: NonNullable<typeof streaming>['ttft']) => [p50, p90, p95, p99, p999];
  assert.deepEqual(of(streaming!.ttft), [200, 360, 380, 396, null]);
  assert.deepEqual(of(streaming!.gap), [400, 720, 760, 792, null]);
  assert.deepEqual(of(streaming!.tpot), [200, 360, 380, 396, null]);
});

test('what a single answer does not tell is unknown of all', async () => {
  const silent: MadeRequest = { intended: 5000, chunks: [5100, 5200], end: 5300 };
  const { document } = await concludedRun(folder, streamPlan({ objectives: LIMITS }), [THREE_CHUNKS, silent]);
  const { outputTokens, inputTokens, cachedTokens, tokensPerSecond, tokensFrom, tpot, goodput } = document.streaming!;
  assert.deepEqual([outputTokens, inputTokens, cachedTokens, tokensPerSecond], [null, null, null, null]);
  assert.deepEqual([tokensFrom, goodput], [null, null]);
  assert.deepEqual([tpot.count, tpot.mean], [1, 50]);
});

test('goodput knows its misses without their tokens, and needs a limit', async () => {
  const silentAndSlow: MadeRequest = { intended: 5000, chunks: [5500], end: 5600 };
  const missed = await concludedRun(folder, streamPlan({ objectives: LIMITS }), [THREE_CHUNKS, silentAndSlow]);
  assert.deepEqual([missed.document.streaming!.goodput, missed.document.streaming!.goodputShare], [0.1, 0.5]);
  const nothing = limit('failures: rate<1%');
  const unlimited = await concludedRun(folder, streamPlan({ objectives: [nothing] }), [THREE_CHUNKS]);
  assert.deepEqual([unlimited.document.streaming!.goodput, unlimited.document.streaming!.goodputShare], [null, null]);
  const dropped: MadeRequest = { outcome: 'dropped', intended: 4000, end: Number.NaN };
  const atSea: MadeRequest = { outcome: 'interrupted', intended: 9000, chunks: [9100], end: Number.NaN };
  const lost = await concludedRun(folder, streamPlan({ objectives: LIMITS }), [THREE_CHUNKS, dropped, atSea]);
  assert.equal(lost.document.streaming!.goodputShare, 0.5);
});

test('of several steps each that streams has its own time to first token', async () => {
  const url = 'http://127.0.0.1:8000/v1/chat/completions';
  const scenarios = [
    scenarioOf(
      stepTo(url, { name: 'ask', stream: STREAM }),
      stepTo(url, { name: 'look', stream: null }),
      stepTo(url, { name: 'ask again', stream: STREAM }),
    ),
  ];
  const look: MadeRequest = { intended: 4000, end: 4100, step: 1 };
  const requests = [THREE_CHUNKS, look, { ...ONE_TOKEN, step: 2 }, { ...CUT_OFF, step: 2 }, { ...BROKEN, step: 2 }];
  const { steps, streaming } = (await concludedRun(folder, streamPlan({ scenarios }), requests)).document;
  assert.deepEqual(
    steps!.map(({ ttft }) => ttft && [ttft.count, ttft.mean]),
    [[1, 100], undefined, [2, 250]],
  );
  assert.deepEqual(
    [streaming!.ttft.count, streaming!.outputTokens],
    [3, 5],
    'what does not stream has no tokens to tell',
  );
});

test('rates of steps and stages are of what was answered within their time, to requests of any phase', async () => {
  const url = 'http://127.0.0.1:8000/v1/chat/completions';
  const scenarios = [scenarioOf(stepTo(url, { name: 'ask', stream: STREAM }), stepTo(url, { name: 'look' }))];
  const stage = (name: string, duration: number): Stage => ({ name, from: 50, to: 50, duration });
  const stages = [stage('first', 1000), stage('jump', 0), stage('rest', 9000)];
  const load: Load = { model: 'open', arrivals: 'constant', burstiness: 1, stages };
  const look: MadeRequest = { intended: 4000, end: 4100, step: 1 };
  const plan = { ...streamPlan({ scenarios }), load };
  const { document } = await concludedRun(folder, plan, [WARM, THREE_CHUNKS, LATE, look, { ...look, end: 12_100 }]);
  assert.equal(document.load.rate.got, 0.3);
  assert.deepEqual(
    document.steps!.map((step) => [step.load.completed, step.load.rate.got]),
    [
      [2, 0.2],
      [2, 0.1],
    ],
  );
  assert.deepEqual(
    document.stages!.map((part) => part.load.rate.got),
    [1, 0, 2 / 9],
  );
});

test('a run of nothing but whole answers has no figures of streams', async () => {
  const scenarios = streamPlan().scenarios.map((scenario) => ({
    ...scenario,
    steps: scenario.steps.map((step) => ({ ...step, stream: null })),
  }));
  const run = await concludedRun(folder, streamPlan({ scenarios }), [{ intended: 3000, end: 3100 }]);
  assert.equal(run.document.streaming, null);
  assert.equal((await runResultView(await openRun(run.folder))).streams, null);
});

test('the result panel is told the same figures, and of each bucket what came in it', async () => {
  const run = await concludedRun(folder, streamPlan({ objectives: LIMITS }), RUN);
  const { streams, overTime, slowest } = await runResultView(await openRun(run.folder));
  assert.deepEqual(
    streams!.times.map(({ key, name, count, max }) => [key, name, count, max]),
    [
      ['ttft', 'TTFT', 4, 500],
      ['firstVisible', 'First visible', 3, 300],
      ['gap', 'Gap', 5, 200],
      ['tpot', 'TPOT', 2, 100],
    ],
  );
  assert.deepEqual(
    streams!.facts.map(({ name, text }) => [name, text]),
    [
      ['Tokens', '1.5/s'],
      ['Output', '8 tokens'],
      ['Input', '90 tokens, 6 of them cached'],
      ['Goodput', '0.3/s, 60 % of all'],
      ['Cancelled', '1'],
    ],
  );
  const { tokens: came } = streams!.overTime;
  for (const series of Object.values(streams!.overTime)) assert.equal(series!.length, overTime.got.length);
  const during = (from: number, to: number): number =>
    came!.reduce((sum, count, i) => {
      const at = overTime.start + i * overTime.width;
      return at >= from && at < to ? sum + count : sum;
    }, 0);
  // Ten tokens in two chunks; four in three, of which the last came in the second half of its second; one in two; three after it all.
  assert.deepEqual([during(1000, 1500), during(1500, 2000)], [5, 5]);
  assert.ok(Math.abs(during(3000, 3200) - 8 / 3) < 1e-9);
  assert.ok(Math.abs(during(3200, 3400) - 4 / 3) < 1e-9);
  assert.equal(during(4000, 5000), 1);
  assert.deepEqual([during(5000, 8000), during(11_000, 12_000)], [0, 3]);
  const [first] = slowest;
  assert.deepEqual([first!.firstContent, first!.lastContent, first!.end], [500, 700, 1500]);
});

test('TTFT and gaps of a bucket are of what was due and what came in it', async () => {
  // 400 a second in each of two seconds: TTFT 10 ms and gaps of 3 ms, then 20 and 5.
  const requests = [0, 1].flatMap((second) =>
    Array.from({ length: 400 }, (_, i): MadeRequest => {
      const intended = 3000 + second * 1000 + i * 2;
      const first = intended + 10 * (second + 1);
      const last = first + 3 + 2 * second;
      return { intended, chunks: [first, last], end: last, details: tokens(2, 1, 0) };
    }),
  );
  const run = await concludedRun(folder, streamPlan(), requests);
  const { streams, overTime } = await runResultView(await openRun(run.folder));
  const at = (time: number): number => Math.floor((time - overTime.start) / overTime.width);
  const { ttftP50, ttftP95, gapP50 } = streams!.overTime;
  assert.deepEqual([ttftP50[at(3200)], ttftP95[at(3200)], gapP50[at(3200)]], [10, 10, 3]);
  assert.deepEqual([ttftP50[at(4200)], ttftP95[at(4200)], gapP50[at(4200)]], [20, 20, 5]);
  assert.equal(ttftP50[at(2200)], null);
  assert.deepEqual(
    streams!.gaps.find(({ quantile }) => quantile === 0.25),
    { quantile: 0.25, latency: 3 },
  );
  assert.deepEqual(
    streams!.gaps.find(({ quantile }) => quantile === 0.75),
    { quantile: 0.75, latency: 5 },
  );
});
