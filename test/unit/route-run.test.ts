import assert from 'node:assert/strict';
import { test } from 'node:test';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { plainPlan } from '../../src/load/plan/plain-plan.ts';
import type { ResolvedPlan, Step } from '../../src/load/plan/plan.ts';
import { resolvePlan } from '../../src/load/plan/resolve-plan.ts';
import { type RouteRun, routeRuns, routeRunText } from '../../src/report/route-run.ts';
import { newDocument } from '../../src/runner/new-document.ts';
import type { Latency, LoadCounts, RunDocument } from '../../src/runs/run-document.ts';

const LATENCY: Latency = {
  count: 600,
  min: 1,
  mean: 5,
  p50: 4.2,
  p90: 20,
  p95: 30,
  p99: 63,
  p999: null,
  max: 90,
};
const LOAD: LoadCounts = {
  planned: 600,
  dispatched: 600,
  completed: 600,
  failed: 0,
  dropped: 0,
  interrupted: 0,
  rate: { asked: 60, got: 60.2 },
};

function run(latency: Partial<Latency> = {}, load: Partial<LoadCounts> = {}, more: Partial<RouteRun> = {}): RouteRun {
  const own = { latency: { ...LATENCY, ...latency }, ttft: null, load: { ...LOAD, ...load } };
  return { folder: '/runs/1', method: 'POST', pathname: '/predict', startedAt: 0, caveat: null, ...own, ...more };
}

test('a route says what its last run measured, and what is unknown is said to be', () => {
  assert.equal(routeRunText(run(), null), 'p50 4.2 ms · p99 63 ms · 60.2/s');
  assert.equal(routeRunText(run({ p99: null }), null), 'p50 4.2 ms · p99 unknown · 60.2/s');
  assert.equal(
    routeRunText(run({}, { failed: 3, dropped: 2 }), null),
    'p50 4.2 ms · p99 63 ms · 60.2/s · 3 failed · 2 not sent',
  );
  assert.equal(routeRunText(run({ count: 0 }, { failed: 12 }), null), 'nothing was answered · 12 failed');
});

test('the change against the run before is said of the highest percentile both know, and of nothing more', () => {
  const after = (now: RouteRun, before: RouteRun): string => routeRunText(now, before).split(' · ').at(-1)!;
  assert.equal(after(run(), run({ p99: 51 })), 'p99 12 ms higher than in the run before');
  assert.equal(after(run(), run({ p99: 75 })), 'p99 12 ms lower than in the run before');
  assert.equal(after(run(), run({ p99: 63.2 })), 'p99 as in the run before');
  assert.equal(after(run({ p99: null }), run({ p95: 20 })), 'p95 10 ms higher than in the run before');
  const unknown = { p50: null, p90: null, p95: null, p99: null };
  assert.equal(after(run(unknown), run()), 'change unknown');
});

test('of streams it is the time to first token that is told, and compared with no latency', () => {
  const streamed = (ttft: Partial<Latency> = {}): RouteRun =>
    run({}, {}, { ttft: { ...LATENCY, p50: 182, p99: 310, ...ttft } });
  assert.equal(routeRunText(streamed(), null), 'TTFT p50 182 ms · p99 310 ms · 60.2/s');
  assert.match(routeRunText(streamed(), streamed({ p99: 298 })), / · TTFT p99 12 ms higher than in the run before$/);
  assert.match(routeRunText(streamed(), run()), / · not comparable with the run before$/);
});

test('a run under another load, cut short or not valid is not compared as if it were the same', () => {
  const slower = run({ p99: 51 }, { rate: { asked: 30, got: 30 } });
  assert.match(routeRunText(run(), slower), /p99 12 ms higher than in the run before, which was at 30\/s$/);
  const cut = run({}, {}, { caveat: 'stopped early' });
  assert.match(routeRunText(run(), cut), / · not comparable with the run before$/);
  assert.match(routeRunText(cut, run()), /^stopped early · p50 .* · not comparable with the run before$/);
});

function documentOf(plan: ResolvedPlan, more: Partial<RunDocument>): RunDocument {
  const start = {
    cwd: '/work',
    folder: '/srv/.tailflame/runs/1',
    plan,
    preflight: { status: 200, ms: 4 },
    target: null,
    targetStart: null,
    origin: { unixMs: 1000, monotonicMs: 0 },
    permission: { listener: null, carrier: null },
    addresses: {},
    protocol: null,
  };
  return { ...newDocument(start), state: 'finished', latency: LATENCY, load: LOAD, ...more };
}
const PLAN = resolvePlan(
  plainPlan({ url: 'http://127.0.0.1:8000/items/7?full=1', method: 'GET', headers: {}, body: null }),
  steadyRate(60, 10_000),
);

test('a run belongs to the route it asked, once it has ended', () => {
  const [found, ...others] = routeRuns(documentOf(PLAN, {}), '/runs/1');
  assert.deepEqual([found?.method, found?.pathname, found?.startedAt, found?.caveat], ['GET', '/items/7', 1000, null]);
  assert.deepEqual(others, []);
  assert.deepEqual(routeRuns(documentOf(PLAN, { state: 'running' }), '/runs/1'), []);
  const [cut] = routeRuns(documentOf(PLAN, { state: 'interrupted' }), '/runs/1');
  assert.equal(cut?.caveat, 'stopped early');
  const verdict = { status: 'void', sentence: '', reasons: [] } as const;
  const [invalid] = routeRuns(documentOf(PLAN, { verdict: { ...verdict, reasons: [] } }), '/runs/1');
  assert.equal(invalid?.caveat, 'not a valid run');
});

test('of a run of several steps each route has its own figures', () => {
  const [scenario] = PLAN.scenarios;
  const [first] = scenario!.steps;
  const second: Step = { ...first!, name: 'pay', method: 'POST', url: '/pay/${cart}' };
  const plan = { ...PLAN, scenarios: [{ ...scenario!, steps: [first!, second] }] };
  const common = { scenario: 'request', prevented: 0, errors: [] };
  const steps = [
    { ...common, step: 'request', load: LOAD, latency: LATENCY },
    { ...common, step: 'pay', load: LOAD, latency: { ...LATENCY, p99: 99 } },
  ];
  const found = routeRuns(documentOf(plan, { steps }), '/runs/1');
  assert.deepEqual(
    found.map(({ method, pathname, latency }) => [method, pathname, latency.p99]),
    [
      ['GET', '/items/7', 63],
      ['POST', '/pay/value', 99],
    ],
  );
});
