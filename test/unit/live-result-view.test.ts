import assert from 'node:assert/strict';
import test from 'node:test';
import { LatencyOverTime } from '../../src/load/measure/latency-over-time.ts';
import { LiveDetail } from '../../src/load/measure/live-detail.ts';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { resolvePlan } from '../../src/load/plan/resolve-plan.ts';
import { LiveResultView } from '../../src/report/live-result-view.ts';
import { telemetrySeries } from '../../src/report/telemetry-series.ts';
import type { HealthSample } from '../../src/runs/health-sample.ts';
import { PHASES, REQUEST_OFFSET, REQUEST_WIDTH } from '../../src/runs/request-table.ts';
import type { NamedSeries } from '../../src/telemetry/named-series.ts';
import { begunDocument } from '../support/begun-document.ts';
import { planOf } from '../support/plans.ts';
import { codeOf, type SimulatedRequest, simulatedRequests } from '../support/simulated-requests.ts';

const load = steadyRate(100, 40_000);
const plan = resolvePlan(planOf('http://127.0.0.1:1/predict', load), load);

function packed(requests: readonly SimulatedRequest[]): Float64Array {
  const rows = new Float64Array(requests.length * REQUEST_WIDTH).fill(Number.NaN);
  requests.forEach(({ outcome, intended, end }, i) => {
    const row = rows.subarray(i * REQUEST_WIDTH, (i + 1) * REQUEST_WIDTH);
    row[REQUEST_OFFSET.phase] = PHASES.indexOf('measured');
    row[REQUEST_OFFSET.outcome] = codeOf(outcome);
    row[REQUEST_OFFSET.status] = outcome === 'ok' ? 200 : 0;
    row[REQUEST_OFFSET.intended] = intended;
    row[REQUEST_OFFSET.end] = end;
    row[REQUEST_OFFSET.step] = 0;
  });
  return rows;
}

test('updates add up to all that happened, also when the buckets become too many', () => {
  // 25 times as long as planned, as a run is that never ends.
  const requests = simulatedRequests(5, { start: 20, duration: 1_000_000, rate: 40 }, () => 30).sort(
    (a, b) => (Number.isNaN(a.end) ? a.intended : a.end) - (Number.isNaN(b.end) ? b.intended : b.end),
  );
  const detail = new LiveDetail(plan);
  const live = new LiveResultView(begunDocument(plan));
  assert.equal(live.view.overTime.got.length, 0);
  assert.equal(detail.takeUpdate(0, false), null);
  detail.enter('measured', 20);
  let at = 0;
  for (let now = 1000; now <= 1_002_000; now += 1000) {
    const from = at;
    while (at < requests.length && (requests[at]!.end < now || Number.isNaN(requests[at]!.end))) at++;
    detail.add(packed(requests.slice(from, at)), null, 0, 3, now);
    live.update(detail.takeUpdate(now, now === 1_002_000)!);
  }
  const { overTime, figures, progress } = live.view;
  assert.equal(overTime.width, 2000);
  const whole = new LatencyOverTime(20, 2000);
  for (const { outcome, intended, end } of requests) whole.add(codeOf(outcome), intended, end);
  const buckets = whole.buckets();
  assert.deepEqual(
    overTime.got,
    buckets.map(({ got }) => got),
  );
  assert.deepEqual(
    overTime.p95,
    buckets.map(({ p95 }) => p95),
  );
  const count = (...outcomes: string[]): number => requests.filter(({ outcome }) => outcomes.includes(outcome)).length;
  assert.equal(figures.answered, count('ok'));
  assert.equal(figures.failed, count('status', 'template'));
  assert.equal(figures.dropped, count('dropped'));
  assert.deepEqual(new Set(overTime.inFlight), new Set([3]));
  assert.equal(progress, 'Waiting for the last answers');
  live.stage('Finding the slow lines');
  assert.equal(live.view.progress, 'Finding the slow lines');
});

test('a bucket that is not full yet is not shown', () => {
  const detail = new LiveDetail(plan);
  const live = new LiveResultView(begunDocument(plan));
  detail.enter('measured', 0);
  detail.add(packed([{ outcome: 'ok', intended: 50, end: 1250 }]), null, 0, 1, 1300);
  live.update(detail.takeUpdate(1300, false)!);
  const { start, width, got } = live.view.overTime;
  assert.ok(
    start + got.length * width <= 1000 && start + (got.length + 1) * width > 1000,
    `${got.length} of ${width} ms`,
  );
});

const wave = (from: number, to: number, unit = '%'): NamedSeries => {
  const time = Float64Array.from({ length: to - from }, (_, i) => (from + i) * 200);
  return { name: 'Queue', unit, time, values: time.map((at) => (at % 1000 === 0 ? Number.NaN : Math.sin(at))) };
};

test('telemetry grows by what is new of it, by name and unit, and is drawn as that of a run that ended now', () => {
  const live = new LiveResultView(begunDocument(plan));
  const detail = new LiveDetail(plan);
  detail.enter('measured', 0);
  const told = (telemetry: readonly NamedSeries[]): void =>
    live.update(detail.takeUpdate(1000, false)!, { telemetry, objectives: [] });
  const dead = { ...wave(0, 5), name: 'Dead', values: new Float64Array(5).fill(Number.NaN) };
  told([wave(0, 5), dead]);
  assert.deepEqual(live.view.telemetry, telemetrySeries([wave(0, 5)]), 'what was never told is not drawn');
  for (let from = 5; from < 4000; from += 5) told([wave(from, from + 5)]);
  told([wave(0, 3, 'MiB')]);
  assert.deepEqual(live.view.telemetry, telemetrySeries([wave(0, 4000), wave(0, 3, 'MiB')]));
  assert.equal(live.view.telemetry[0]!.at.length, 600);
});

test('before anything was measured it says so: of the sender nothing, of objectives that it is too early', () => {
  const objectives = [{ objective: 'p(99)<250', abort: false, after: 0, window: null }];
  const asked = resolvePlan(planOf('http://127.0.0.1:1/predict', load, { objectives }), load);
  const { objectives: told, sender, findings } = new LiveResultView(begunDocument(asked)).view;
  assert.deepEqual(told, [{ objective: 'p(99)<250', sentence: 'Too few requests yet.', ok: null }]);
  assert.deepEqual(sender, ['http://127.0.0.1:1/predict']);
  assert.deepEqual(findings, [], 'no profiler, no findings to wait for');
  const profiled = new LiveResultView(begunDocument(asked), true).view;
  assert.deepEqual(profiled.findings, [
    { sentence: 'Which lines ran then is told at the end.', file: null, line: null },
  ]);
});

test('how the sender fares is told from the measured phase on', () => {
  const detail = new LiveDetail(plan, 120);
  const live = new LiveResultView(begunDocument(plan));
  const sample = (at: number, cpu: number): HealthSample => ({
    at,
    cpu,
    ran: null,
    waited: null,
    gcTotal: 0,
    gcMax: 0,
    fds: null,
    ports: null,
    opened: 1,
  });
  detail.enter('warmup', 0);
  detail.health(0, sample(900, 800));
  detail.health(0, sample(1900, 1700));
  live.update(detail.takeUpdate(2000, false)!);
  assert.equal(live.view.sender.length, 1, 'warming up is in no figure');
  detail.enter('measured', 2000);
  const rows = packed([{ outcome: 'ok', intended: 2050, end: 2070 }]);
  rows[REQUEST_OFFSET.dispatched] = 2052;
  rows[REQUEST_OFFSET.acquired] = 2056;
  // As many as a p90 takes.
  for (let number = 0; number < 36; number++) detail.add(rows, null, 0, 0, 2100);
  detail.health(0, sample(2900, 1950));
  live.update(detail.takeUpdate(3000, false)!);
  assert.match(
    live.view.sender[0]!,
    /^late p90 2\.0\d? ms · waited for a connection p90 4\.0\d? ms · CPU 25 % of a core · GC/,
  );
  assert.equal(live.view.sender[1], 'Near a limit: it manages about 120 requests a second on this machine.');
});
