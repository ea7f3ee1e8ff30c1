import assert from 'node:assert/strict';
import test from 'node:test';
import { steadyUsers } from '../../src/load/model/closed-load.ts';
import { plainPlan } from '../../src/load/plan/plain-plan.ts';
import { resolvePlan } from '../../src/load/plan/resolve-plan.ts';
import {
  endedPercentile,
  inOrder,
  type ListedRun,
  liveNote,
  otherBaselines,
  runHover,
  runKind,
  runName,
  runNote,
  spokenRun,
} from '../../src/report/run-entry.ts';
import { loadWords, runSummary } from '../../src/report/run-summary.ts';
import type { RunDocument, StreamingFigures } from '../../src/runs/run-document.ts';
import { NO_LABEL } from '../../src/runs/run-label.ts';
import { LIVE_SNAPSHOT } from '../support/live-snapshot.ts';
import { stepTo } from '../support/plans.ts';
import { documentOf, latencyOf } from '../support/stored-run.ts';

const STARTED = Date.parse('2026-11-24T17:02:05.000Z');

function runOf(document: Partial<RunDocument> = {}, more: Partial<ListedRun> = {}, url?: string): ListedRun {
  const base = { folder: '/w/.tailflame/runs/one', problem: null, label: NO_LABEL, labelProblem: null };
  return { ...base, summary: runSummary(documentOf(document, url)), underWay: false, writtenAt: 0, ...more };
}

const BROKEN = runOf({}, { summary: null, problem: 'run.json is damaged.' });

test('a run is called by its name, else its target, else its folder', () => {
  const named = { ...NO_LABEL, name: 'before the cache' };
  assert.equal(runName(runOf({}, { label: named })), 'before the cache');
  assert.equal(runName(runOf()), 'POST /predict');
  assert.equal(runName(BROKEN), 'one');
});

test('a plan of several steps is called by its own name', () => {
  const plan = resolvePlan(plainPlan({ url: 'http://h/a', method: 'GET', headers: {}, body: null }), steadyUsers(1, 1));
  const steps = [stepTo('/a'), stepTo('/b')];
  const scenarios = [{ name: 'main', weight: 1, steps, tags: {} }];
  assert.equal(runName(runOf({ plan: { ...plan, name: 'checkout', scenarios } })), 'checkout');
  assert.equal(runName(runOf({ plan: { ...plan, name: 'checkout' } })), 'GET /a');
});

test('beside it stand median, p99, rate and age, what is unknown left out', () => {
  const later = STARTED + 3 * 60_000;
  assert.equal(runNote(runOf(), later), 'p50 4.0 ms · p99 63 ms · 60/s · 3 min ago');
  assert.equal(runNote(runOf({ latency: latencyOf(4, null) }), later), 'p50 4.0 ms · 60/s · 3 min ago');
  const problem = '/w/.tailflame/runs/one/run.json is damaged: it ends early.';
  assert.equal(runNote({ ...BROKEN, problem }, later), 'run.json is damaged: it ends early.');
  const named = runOf({}, { label: { ...NO_LABEL, name: 'x' } });
  assert.equal(runNote(named, later), 'POST /predict · p50 4.0 ms · p99 63 ms · 60/s · 3 min ago');
});

test('a run is of the kind of its verdict, unless it was cut off, runs still or cannot be read', () => {
  for (const status of ['passed', 'failed', 'void', 'inconclusive', 'measured'] as const) {
    assert.equal(runKind(runOf({ verdict: { status, sentence: '', reasons: [] } })), status);
  }
  assert.equal(runKind(runOf({ state: 'interrupted' })), 'interrupted');
  assert.equal(runKind(runOf({ state: 'running' })), 'interrupted');
  assert.equal(runKind(runOf({ state: 'running' }, { underWay: true })), 'under way');
  assert.equal(runKind(BROKEN), 'broken');
});

test('the run being measured tells its live figures, and no percentile before there is one', () => {
  const live = { ...LIVE_SNAPSHOT, rate: 59.7 };
  assert.equal(liveNote(live), 'p99 63 ms · 59.7 of 60/s · measuring 3 of 10 s');
  const early = { ...live, phase: 'warmup', percentile: null, asked: null, total: null, failed: 2 } as const;
  assert.equal(liveNote(early), '59.7/s · 2 failed · warming up 3 s');
  assert.equal(liveNote({ ...early, dropped: 9 }), '59.7/s · 2 failed · 9 not sent · warming up 3 s');
  const percentiles = { p50: 120, p90: 210, p95: 310.4, p99: null };
  const streams = { ttft: percentiles, gap: percentiles, tokensPerSecond: 1240 };
  assert.equal(liveNote({ ...live, streams }), 'TTFT p95 310 ms · 1,240 tokens/s · 59.7 of 60/s · measuring 3 of 10 s');
  const silent = { ttft: { p50: null, p90: null, p95: null, p99: null }, gap: percentiles, tokensPerSecond: null };
  assert.equal(liveNote({ ...live, streams: silent }), '59.7 of 60/s · measuring 3 of 10 s');
});

test('of streams the time to first token is told, and tokens a second', () => {
  const times = latencyOf(120, 310);
  const streaming: StreamingFigures = {
    ttft: times,
    firstVisible: times,
    gap: latencyOf(21, 40),
    tpot: times,
    outputTokens: 12_400,
    inputTokens: null,
    cachedTokens: null,
    tokensPerSecond: 1240,
    goodput: null,
  };
  const run = runOf({ streaming });
  assert.match(
    runNote(run, Date.parse('2026-11-24T17:05:05Z')),
    /^TTFT p50 120 ms · p99 310 ms · 1,240 tokens\/s · 60\/s · /,
  );
  const { facts } = runHover(run, String);
  assert.equal(Object.fromEntries(facts)['Streams'], 'TTFT p50 120 ms, p99 310 ms · gap p99 40 ms · 1,240 tokens/s');
  assert.equal(endedPercentile(documentOf({ streaming })), 'TTFT p99 310 ms');
  const few = { ...times, p99: null, p95: null };
  assert.equal(endedPercentile(documentOf({ streaming: { ...streaming, ttft: few } })), 'TTFT p90 120 ms');
  assert.equal(endedPercentile(documentOf()), 'p99 63 ms');
  assert.throws(() => runSummary(documentOf({ streaming: {} as StreamingFigures })), /"streaming" cannot be read/);
});

test('pinned runs stand above, and both are the newest first, whatever their folders are called', () => {
  const at = (startedAt: string, folder: string, pinned: boolean): ListedRun =>
    runOf({ startedAt }, { folder, label: { ...NO_LABEL, pinned } });
  const runs = [
    at('2026-11-20T00:00:00Z', '/z', false),
    at('2026-11-22T00:00:00Z', '/a', false),
    at('2026-11-18T00:00:00Z', '/m', true),
    { ...BROKEN, folder: '/broken', writtenAt: Date.parse('2026-11-21T00:00:00Z') },
    at('2026-11-19T00:00:00Z', '/n', true),
  ];
  assert.deepEqual(
    inOrder(runs).map(({ folder }) => folder),
    ['/n', '/m', '/a', '/broken', '/z'],
  );
});

test('a target has one baseline, of one run or several: the others marked are those of the same method and path', () => {
  const marked = { ...NO_LABEL, baseline: true };
  const one = runOf({}, { folder: '/1', label: marked });
  const port = runOf({}, { folder: '/2', label: marked }, 'http://127.0.0.1:9999/predict');
  const path = runOf({}, { folder: '/3', label: marked }, 'http://127.0.0.1:8000/other');
  const unmarked = runOf({}, { folder: '/4' });
  assert.deepEqual(
    otherBaselines([one, port, path, unmarked], [one]).map(({ folder }) => folder),
    ['/2'],
  );
  assert.deepEqual(otherBaselines([one, port, path, unmarked], [one, port]), [], 'several together are one');
});

test('a hover says the verdict, the load, the machine, and what is amiss', () => {
  const run = runOf({}, { label: { ...NO_LABEL, baseline: true }, labelProblem: 'label.json is damaged.' });
  const { sentence, facts, problems } = runHover(run, (ms) => new Date(ms).toISOString());
  assert.equal(sentence, 'Measured: 600 requests in 10 s. Baseline of POST /predict.');
  assert.deepEqual(Object.fromEntries(facts), {
    Target: 'http://127.0.0.1:8000/predict',
    Load: '60/s for 10s; 60 of 60/s',
    Requests: '600 answered',
    Latency: 'p50 4.0 ms · p95 4.0 ms · p99 63 ms',
    Machine: 'Linux 6 x64, 4 × A CPU, Node v24.0.0',
    Profiled: 'no',
    Started: '2026-11-24T17:02:05.000Z',
    Run: 'one',
  });
  assert.deepEqual(problems, ['label.json is damaged.']);
  assert.equal(runHover(BROKEN, String).sentence, 'run.json is damaged.');
});

test('what is seen is heard too', () => {
  const run = runOf({}, { label: { name: 'old', pinned: true, baseline: true } });
  assert.equal(
    spokenRun(run, STARTED),
    'old, measured, baseline, pinned, POST /predict, p50 4.0 ms, p99 63 ms, 60/s, just now',
  );
});

test('a load of any shape is told in a few words', () => {
  const stage = { name: 's', from: 20, to: 20, duration: 6000 };
  const ramp = { name: 'r', from: 20, to: 150, duration: 24_000 };
  assert.equal(loadWords(steadyUsers(8, 10_000), 10_000), '8 users for 10s');
  const open = { model: 'open', arrivals: 'constant', burstiness: 1, stages: [stage, ramp] } as const;
  assert.equal(loadWords(open, 30_000), 'up to 150/s in 2 stages, 30s, constant arrivals');
  assert.equal(loadWords({ model: 'replay', times: [0, 1, 2] }, 5000), '3 recorded arrivals over 5s');
});
