import assert from 'node:assert/strict';
import test from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { seededRandom } from '../../src/load/arrivals/random.ts';
import { AskedLoad } from '../../src/load/measure/asked-load.ts';
import { MOST_BUCKETS } from '../../src/load/measure/buckets.ts';
import { rowEdge } from '../../src/load/measure/fine-latencies.ts';
import { bucketWidth, LatencyOverTime, type TimeBucket } from '../../src/load/measure/latency-over-time.ts';
import { percentile } from '../../src/load/measure/percentile.ts';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { resolvePlan } from '../../src/load/plan/resolve-plan.ts';
import { countedInFlight, timeSeries } from '../../src/report/time-series.ts';
import { planOf } from '../support/plans.ts';
import { codeOf, type SimulatedRequest, simulatedRequests } from '../support/simulated-requests.ts';

const START = 37;
/** Slower from the tenth second on. */
const requests = simulatedRequests(7, { start: START, duration: 20_000, rate: 900 }, (time) =>
  time < START + 10_000 ? 8 : 60,
);

function overTime(width: number, list: readonly SimulatedRequest[] = requests): LatencyOverTime {
  const made = new LatencyOverTime(START, width);
  for (const { outcome, intended, end } of list) made.add(codeOf(outcome), intended, end);
  return made;
}

function shuffled<T>(list: readonly T[], seed: number): T[] {
  const random = seededRandom(seed);
  return list
    .map((item) => [random(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item);
}

function latenciesIn(from: number, to: number): Float64Array {
  return Float64Array.from(
    requests.filter(({ outcome, intended }) => outcome === 'ok' && intended >= from && intended < to),
    ({ intended, end }) => end - intended,
  ).sort();
}

function sum(buckets: readonly TimeBucket[], pick: (bucket: TimeBucket) => number): number {
  return buckets.reduce((total, bucket) => total + pick(bucket), 0);
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** After what is no longer needed has gone; a first collection may end one that began before that was let go. */
function heldBytes(): number {
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

test('a bucket tells what was asked for in it, exactly, and the answers that came in it', () => {
  const width = 1000;
  const buckets = overTime(width).buckets();
  assert.ok(buckets.length >= 20 && buckets.length <= 22);
  buckets.forEach((bucket, i) => {
    const [from, to] = [START + i * width, START + (i + 1) * width];
    const sorted = latenciesIn(from, to);
    for (const [name, q] of [
      ['p50', 0.5],
      ['p95', 0.95],
      ['p99', 0.99],
    ] as const) {
      const exact = percentile(sorted, q);
      if (exact === null) assert.equal(bucket[name], null);
      else assert.ok(Math.abs(bucket[name]! - exact) <= 0.0005, `${name} of bucket ${i}`);
    }
    const came = requests.filter(({ outcome, end }) => outcome === 'ok' && end >= from && end < to);
    assert.equal(bucket.got, came.length);
    const failed = requests.filter(
      ({ outcome, intended }) => ['status', 'template'].includes(outcome) && intended >= from && intended < to,
    );
    assert.equal(bucket.failed, failed.length);
    const rows = bucket.rows;
    if (sorted.length === 0) assert.equal(rows, null);
    else
      rows!.counts.forEach((count, row) => {
        const [low, high] = [rowEdge(rows!.first + row), rowEdge(rows!.first + row + 1)];
        assert.equal(count, sorted.filter((ms) => ms >= low && ms < high).length, `row ${row} of bucket ${i}`);
      });
  });
  assert.ok(buckets[5]!.p99! < 40 && buckets[15]!.p50! > 40, 'the slower half is slower');
  assert.equal(
    sum(buckets, ({ got }) => got),
    requests.filter(({ outcome }) => outcome === 'ok').length,
  );
});

test('what is under way at the end of a bucket is what counting finds', () => {
  const width = 200;
  countedInFlight(overTime(width).buckets()).forEach((inFlight, i) => {
    const end = START + (i + 1) * width;
    const counted = requests.filter((request) => request.intended < end && request.end >= end).length;
    assert.equal(inFlight, counted, `bucket ${i}`);
  });
});

test('the order in which requests end changes nothing', () => {
  assert.deepEqual(overTime(500, shuffled(requests, 3)).buckets(), overTime(500).buckets());
});

test('a run that grows too long has its buckets joined, as if they had been so wide from the start', () => {
  const long = simulatedRequests(3, { start: START, duration: 250_000, rate: 40 }, () => 20);
  const grown = new LatencyOverTime(START, 100);
  for (const { outcome, intended, end } of long) grown.add(codeOf(outcome), intended, end);
  assert.equal(grown.width, 800);
  const whole = new LatencyOverTime(START, 800);
  for (const { outcome, intended, end } of long) whole.add(codeOf(outcome), intended, end);
  assert.deepEqual(grown.buckets(), whole.buckets());
});

test('with more answers than are kept a percentile is within a hundredth', () => {
  const width = 10_000;
  const [first, second] = overTime(width).buckets();
  for (const [bucket, i] of [
    [first!, 0],
    [second!, 1],
  ] as const) {
    const sorted = latenciesIn(START + i * width, START + (i + 1) * width);
    assert.ok(sorted.length > 5000);
    for (const [name, q] of [
      ['p50', 0.5],
      ['p95', 0.95],
      ['p99', 0.99],
    ] as const) {
      const error = bucket[name]! / percentile(sorted, q)! - 1;
      assert.ok(Math.abs(error) < 0.0097, `${name} is off by ${error}`);
    }
  }
});

test('changes are those since the last look', () => {
  const made = new LatencyOverTime(0, 100);
  made.add(codeOf('ok'), 10, 250);
  assert.deepEqual(
    made.takeChanges().buckets.map(([i]) => i),
    [0, 1, 2],
  );
  assert.deepEqual(made.takeChanges().buckets, []);
  made.add(codeOf('ok'), 120, 130);
  const { width, buckets } = made.takeChanges();
  assert.equal(width, 100);
  assert.deepEqual(
    buckets.map(([i, { got }]) => [i, got]),
    [[1, 1]],
  );
  made.add(codeOf('ok'), 59_950, 60_050);
  const joined = made.takeChanges();
  assert.equal(joined.width, 200);
  assert.equal(joined.buckets.length, 301);
});

test('the width is round and leaves a short run enough buckets, a long one enough requests in each', () => {
  assert.equal(bucketWidth(10_000, 10_000), 100);
  assert.equal(bucketWidth(6000, 2400), 100);
  assert.equal(bucketWidth(1234.1 + 6000 - 1234.1 + 1e-9, 2400), 100);
  assert.equal(bucketWidth(12_000, 720), 200);
  assert.equal(bucketWidth(60_000, 60_000), 200);
  assert.equal(bucketWidth(3_600_000, 3_600_000), 20_000);
  assert.equal(bucketWidth(3_600_000, null), 20_000);
  assert.equal(bucketWidth(0, 0), 100);
});

test('an hour at 1,000 a second takes little memory and is told in less than 300 kB', () => {
  const random = seededRandom(1);
  const made = new LatencyOverTime(0, 100);
  const before = heldBytes();
  for (let i = 0; i < 3_600_000; i++) {
    // Five decades of latency in every bucket: the most rows a view can well have.
    made.add(codeOf('ok'), i, i + 10 ** (-1 + 5 * random() ** 3));
  }
  const held = heldBytes() - before;
  const buckets = made.buckets();
  assert.ok(buckets.length <= MOST_BUCKETS && buckets.length > MOST_BUCKETS / 2 - 10, `${buckets.length} buckets`);
  assert.ok(held < 5e6, `${(held / 1e6).toFixed(1)} MB`);
  const plan = resolvePlan(planOf('http://127.0.0.1:1/', steadyRate(1000, 3_600_000)), steadyRate(1, 1));
  const phases = [{ phase: 'measured', start: 0, end: 3_600_000 }] as const;
  const series = timeSeries(made, buckets, countedInFlight(buckets), new AskedLoad(plan), phases);
  const bytes = JSON.stringify(series).length;
  assert.ok(bytes < 300_000, `${bytes} bytes`);
  assert.equal(Math.round(series.asked.reduce<number>((all, asked) => all + asked!, 0)), 3_600_000);
});
