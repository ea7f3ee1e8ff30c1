import assert from 'node:assert/strict';
import test from 'node:test';
import { changeText } from '../../webview/report/change.ts';
import { countsBetween, laidUnder } from '../../webview/report/chart/moment.ts';
import {
  latencyAtQuantile,
  quantileAt,
  quantilePosition,
  quantileText,
  quantileTicks,
} from '../../webview/report/chart/quantile-axis.ts';
import { endsOf, extended, moved, snapped } from '../../webview/report/chart/stretch.ts';
import { latencyLabel, linearTicks, logTicks, momentText, timeTicks } from '../../webview/report/chart/ticks.ts';
import { partsOf } from '../../webview/report/request-parts.ts';
import { simulatedView } from '../support/simulated-view.ts';

test('marks of a latency axis are round, inside it and not too many', () => {
  assert.deepEqual(logTicks(0.8, 60, 8), [1, 2, 5, 10, 20, 50]);
  assert.deepEqual(logTicks(0.01, 20_000, 8), [0.01, 0.1, 1, 10, 100, 1000, 10_000]);
  assert.deepEqual(logTicks(0.01, 20_000, 4), [0.01, 1, 100, 10_000]);
  assert.deepEqual(logTicks(105, 190, 5), [120, 140, 160, 180]);
  for (const [low, high] of [
    [0.003, 0.004],
    [1, 1.2],
    [3, 7],
    [17, 4000],
    [900, 1e7],
  ] as const) {
    const ticks = logTicks(low, high, 6);
    assert.ok(ticks.length > 0 && ticks.length <= 6, `${low}–${high}: ${ticks}`);
    assert.ok(ticks.every((tick) => tick >= low * 0.999 && tick <= high * 1.001));
  }
});

test('marks of a time axis are seconds and minutes people count in', () => {
  assert.deepEqual(timeTicks(0, 40_000, 8), [0, 5000, 10_000, 15_000, 20_000, 25_000, 30_000, 35_000, 40_000]);
  assert.deepEqual(timeTicks(-4000, 20_000, 6), [0, 5000, 10_000, 15_000, 20_000]);
  assert.deepEqual(timeTicks(0, 3_600_000, 6).map(momentText), [
    '0 s',
    '10:00',
    '20:00',
    '30:00',
    '40:00',
    '50:00',
    '1:00:00',
  ]);
});

test('marks of a counting axis begin at 0', () => {
  assert.deepEqual(linearTicks(0, 90, 3), [0, 50]);
  assert.deepEqual(linearTicks(0, 112, 4), [0, 50, 100]);
  assert.deepEqual(linearTicks(0, 1.12, 3), [0, 0.5, 1]);
});

test('moments and latencies are written as people say them', () => {
  assert.deepEqual([-4000, 0, 250, 12_000, 90_000, 3_725_000].map(momentText), [
    '−4 s',
    '0 s',
    '0.25 s',
    '12 s',
    '1:30',
    '1:02:05',
  ]);
  assert.deepEqual([0.05, 20, 1000, 2500].map(latencyLabel), ['0.05 ms', '20 ms', '1 s', '2.5 s']);
});

test('each further nine has the same room on the quantile axis', () => {
  const [p90, p99, p999] = [0.9, 0.99, 0.999].map(quantilePosition) as [number, number, number];
  assert.ok(Math.abs(p99 - p90 - (p999 - p99)) < 1e-9);
  assert.equal(quantilePosition(0), 0);
  assert.ok(Math.abs(quantileAt(quantilePosition(0.95)) - 0.95) < 1e-12);
  assert.deepEqual(quantileTicks(0.995).map(quantileText), ['min', 'p50', 'p90', 'p99']);
  assert.deepEqual(quantileTicks(0.9999).map(quantileText).slice(-2), ['p99.9', 'p99.99']);
});

test('a percentile that the distribution does not tell is unknown', () => {
  const points = [
    { quantile: 0.5, latency: 4 },
    { quantile: 0.9, latency: 9 },
  ];
  assert.equal(latencyAtQuantile(points, 0.9), 9);
  assert.equal(latencyAtQuantile(points, 0.99), null);
  assert.equal(latencyAtQuantile(points, 0.7), null);
});

test('a stretch keeps its length when moved and stops at the ends of the run', () => {
  const bounds = { low: 0, high: 100 };
  assert.deepEqual(moved({ anchor: 80, head: 90 }, 50, bounds), { anchor: 90, head: 100 });
  assert.deepEqual(moved({ anchor: 30, head: 10 }, -50, bounds), { anchor: 20, head: 0 });
});

test('a stretch is extended past its beginning and never empty', () => {
  const bounds = { low: 0, high: 100 };
  assert.deepEqual(extended({ anchor: 50, head: 60 }, 10, bounds), { anchor: 50, head: 70 });
  assert.deepEqual(extended({ anchor: 50, head: 60 }, -10, bounds), { anchor: 50, head: 40 });
  assert.deepEqual(extended({ anchor: 0, head: 10 }, -10, bounds), { anchor: 0, head: 10 });
  assert.deepEqual(endsOf({ anchor: 50, head: 40 }), { from: 40, to: 50 });
});

test('a stretch that is drawn takes in all of the buckets it touches, also the one it lies within', () => {
  const { overTime } = simulatedView({ warmup: 2000, measured: 10_000, profiled: 0, stall: null, failing: 0 }).view;
  const { start, width, got, counts } = overTime;
  const bounds = { low: start, high: start + got.length * width };
  const [from, to] = [start + 20.1 * width, start + 20.4 * width];
  const within = { anchor: start + 20 * width, head: start + 21 * width };
  assert.deepEqual(snapped({ anchor: from, head: to }, width, bounds), within);
  assert.deepEqual(snapped({ anchor: to, head: from }, width, bounds), { anchor: within.head, head: within.anchor });
  assert.deepEqual(snapped({ anchor: from, head: bounds.high }, width, bounds).head, bounds.high);
  const answered = counts[20]!.reduce((sum, count) => sum + count, 0);
  assert.ok(answered > 0);
  assert.equal(countsBetween(overTime, within.anchor, within.head).answered, answered);
});

test('a change is written with its sign', () => {
  assert.equal(changeText(110, 100), '+10 %');
  assert.equal(changeText(95.5, 100), '−4.5 %');
  assert.equal(changeText(100, 100), '±0 %');
  assert.equal(changeText(3, 0), '+3');
  assert.equal(changeText(null, 100), '');
});

test("a request's parts sum up to its latency, whatever marks are missing", () => {
  const request = {
    intended: 0,
    step: '',
    phase: 'measured',
    status: null,
    dispatched: 1,
    acquired: null,
    sent: 3,
    firstByte: null,
    firstContent: null,
    lastContent: null,
    end: 10,
  } as const;
  const parts = partsOf(request);
  assert.deepEqual(
    parts.map(({ part, ms }) => [part.name, ms]),
    [
      ['queued', 1],
      ['sending', 2],
      ['receiving', 7],
    ],
  );
});

test('a run laid under another begins its measured phase with it', () => {
  const { view } = simulatedView({ warmup: 2000, measured: 10_000, profiled: 0, stall: null });
  const { view: other } = simulatedView({ warmup: 4000, measured: 10_000, profiled: 0, stall: null });
  const under = laidUnder(view, other, ({ p50 }) => p50);
  const [own, its] = [2000 / view.overTime.width, 4000 / other.overTime.width];
  assert.equal(under.length, view.overTime.got.length);
  assert.deepEqual(under.slice(own, own + 20), other.overTime.p50.slice(its, its + 20));
  assert.ok(under.slice(own, own + 20).some((value) => value !== null));
});
