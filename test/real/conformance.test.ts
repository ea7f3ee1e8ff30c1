import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { steadyUsers } from '../../src/load/model/closed-load.ts';
import type { Load } from '../../src/load/model/load-model.ts';
import { steadyRate } from '../../src/load/model/open-load.ts';
import type { Stage } from '../../src/load/model/stages.ts';
import type { FinishedRun } from '../support/finished-run.ts';
import { unitGammaCdf } from '../support/gamma-cdf.ts';
import { ksCritical, ksStatistic } from '../support/ks.ts';
import { stepTo } from '../support/plans.ts';
import { queryOf, type RecordedRun, recordedRun } from '../support/recorded-run.ts';
import type { RecordedRequest } from '../support/recording-server.ts';

// When requests are sent: the schedule of a run beside theory, and what reached a server beside the schedule. What is in them stands in
// conformance-requests.test.ts.

let cwd = '';
before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-conformance-'));
});
after(() => rm(cwd, { recursive: true, force: true }));

/** Every request is marked with its iteration. */
async function runAgainstRecorder(load: Load, query = ''): Promise<RecordedRun> {
  const run = await recordedRun(cwd, load, [stepTo(`/?n=\${iteration}${query}`)]);
  assert.equal(run.arrived.length, run.requests.length, 'what the rows tell of is what reached the server');
  return run;
}

const exponential = (x: number): number => 1 - Math.exp(-x);
const gamma = (shape: number) => (x: number) => unitGammaCdf(shape, x);

/** Ms from the start of the measured phase, ascending. */
function schedule({ document, measured }: FinishedRun): Float64Array {
  const start = document.phases.find(({ phase }) => phase === 'measured')!.start;
  return measured.intended.map((time) => time - start).sort();
}

function gaps(times: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: times.length - 1 }, (_, i) => times[i + 1]! - times[i]!);
}

function median(values: ArrayLike<number>): number {
  return Float64Array.from(values).sort()[Math.floor(values.length / 2)]!;
}

/** How late each request reached the server, ms after its intended start. */
function delays({ arrived, measured, measuredFrom, document }: RecordedRun): Float64Array {
  const start = document.phases.find(({ phase }) => phase === 'measured')!.start;
  const intended = new Map(
    [...measured.iteration].map((iteration, row) => [iteration, measured.intended[row]! - start]),
  );
  return Float64Array.from(arrived, (request) => {
    const iteration = Number(queryOf(request).get('n'));
    return request.at - measuredFrom - intended.get(iteration)!;
  });
}

test('the schedule is the process that was asked for, at any rate', async () => {
  const rate = 1000;
  const [poisson, bursty, steady, constant] = await Promise.all([
    runAgainstRecorder(steadyRate(rate, 3000)),
    runAgainstRecorder(steadyRate(rate, 3000, 'gamma', 0.5)),
    runAgainstRecorder(steadyRate(rate, 3000, 'gamma', 4)),
    runAgainstRecorder(steadyRate(rate, 3000, 'constant')),
  ]);
  const processes: [string, RecordedRun, (x: number) => number][] = [
    ['poisson', poisson, exponential],
    ['gamma 0.5', bursty, gamma(0.5)],
    ['gamma 4', steady, gamma(4)],
  ];
  for (const [name, run] of processes) {
    const unit = gaps(schedule(run)).map((gap) => (gap * rate) / 1000);
    for (const [other, , cdf] of processes) {
      const distance = ksStatistic(unit, cdf);
      const critical = ksCritical(unit.length, 0.01);
      const what = `${name} beside ${other}: D ${distance.toFixed(4)}, critical ${critical.toFixed(4)}`;
      // A test that cannot tell one process from another says nothing.
      assert.ok(name === other ? distance < critical : distance > 3 * critical, what);
    }
  }
  const times = schedule(constant);
  assert.equal(times.length, 3000);
  const worst = times.reduce((most, time, i) => Math.max(most, Math.abs(time - i)), 0);
  assert.ok(worst < 0.001, `a constant rate deviates by ${worst} ms`);
});

test('what reaches the server is the process that was asked for, up to 100 a second', async () => {
  const duration = 7000;
  const [poisson, bursty, constant] = await Promise.all([
    runAgainstRecorder(steadyRate(100, duration)),
    runAgainstRecorder(steadyRate(80, duration, 'gamma', 0.4)),
    runAgainstRecorder(steadyRate(100, duration, 'constant')),
  ]);
  const distance = ({ arrived }: RecordedRun, rate: number, cdf: (x: number) => number): number =>
    ksStatistic(
      gaps(arrived.map(({ at }) => at)).map((gap) => (gap * rate) / 1000),
      cdf,
    );
  // Half a ms more or less moves the distribution of gaps of 10 ms by a twentieth.
  const bound = ksCritical(500, 0.001) + 0.05;
  assert.ok(distance(poisson, 100, exponential) < bound, `Poisson: D ${distance(poisson, 100, exponential)}`);
  assert.ok(distance(bursty, 80, gamma(0.4)) < bound, `gamma: D ${distance(bursty, 80, gamma(0.4))}`);
  assert.ok(distance(constant, 100, exponential) > 2 * bound);
  assert.ok(distance(bursty, 80, exponential) > bound);
  for (const run of [poisson, bursty, constant]) {
    const late = delays(run);
    assert.ok(median(late) > 0 && median(late) < 4, `the median request comes ${median(late)} ms after its time`);
    assert.ok(Math.min(...late) > -0.05, `a request came ${-Math.min(...late)} ms before its time`);
  }
  const uneven = gaps(constant.arrived.map(({ at }) => at)).map((gap) => Math.abs(gap - 10));
  assert.ok(median(uneven) < 1, `even gaps deviate by ${median(uneven)} ms`);
});

const STAGES: readonly Stage[] = [
  { name: 'climb', from: 0, to: 200, duration: 2000 },
  { name: 'hold', from: 200, to: 200, duration: 500 },
  { name: 'spike', from: 600, to: 600, duration: 500 },
  { name: 'fall', from: 600, to: 60, duration: 1000 },
];
/** Under each: 200, 100, 300, 330. */
const AREA = 930;

/** The area under the stages up to `t` ms: iterations that should have begun. */
function areaAt(t: number): number {
  let [area, start] = [0, 0];
  for (const { from, to, duration } of STAGES) {
    const inside = Math.min(Math.max(t - start, 0), duration);
    area += (inside / 1000) * (from + ((to - from) * inside) / duration / 2);
    start += duration;
  }
  return area;
}

test('ramps, levels and spikes send just the area under them', async () => {
  const open = { model: 'open', burstiness: 1, stages: STAGES } as const;
  const [even, random] = await Promise.all([
    runAgainstRecorder({ ...open, arrivals: 'constant' }),
    runAgainstRecorder({ ...open, arrivals: 'poisson' }),
  ]);
  assert.equal(even.arrived.length, AREA);
  assert.equal(even.document.load.planned, AREA);
  assert.equal(Math.round(even.document.load.rate.asked! * 4), AREA);
  const off = schedule(even).reduce((most, time, i) => Math.max(most, Math.abs(areaAt(time) - i)), 0);
  assert.ok(off < 1e-6, `the n-th arrival stands where the area is n, but for ${off}`);
  const counted = even.document.stages!.map(({ stage, load }) => [stage, load.planned]);
  assert.deepEqual(counted, [
    ['climb', 200],
    ['hold', 100],
    ['spike', 300],
    ['fall', 330],
  ]);
  // Of a Poisson process whose rate changes, the gaps in area are those of a plain one.
  const areas = schedule(random).map(areaAt);
  const distance = ksStatistic(gaps(areas), exponential);
  assert.ok(distance < ksCritical(areas.length - 1, 0.01), `D ${distance}`);
  assert.ok(Math.abs(areas.length - AREA) < 4 * Math.sqrt(AREA), `${areas.length} of ${AREA}`);
});

test('a replay sends at the recorded times and at no others', async () => {
  const times = [0, 3.25, 3.25, 3.25, 40, 41.5, 400, 1000.125, ...Array.from({ length: 50 }, (_, i) => 1200 + i * 7.5)];
  const run = await runAgainstRecorder({ model: 'replay', times });
  assert.equal(run.arrived.length, times.length);
  const worst = schedule(run).reduce((most, time, i) => Math.max(most, Math.abs(time - times[i]!)), 0);
  assert.ok(worst < 0.001, `off by ${worst} ms`);
  assert.ok(median(delays(run)) < 2, `the median request comes ${median(delays(run))} ms after its time`);
});

test('users each wait for their answer, and there are as many as the stages say', async () => {
  const wait = '&wait=20';
  const ramp: Load = {
    model: 'closed',
    stages: [
      { name: 'few', from: 2, to: 2, duration: 1000 },
      { name: 'more', from: 2, to: 8, duration: 1500 },
    ],
  };
  const [steady, growing] = await Promise.all([
    runAgainstRecorder(steadyUsers(5, 1500), wait),
    runAgainstRecorder(ramp, wait),
  ]);
  const most = (requests: readonly RecordedRequest[]): number => Math.max(...requests.map(({ underWay }) => underWay));
  assert.equal(most(steady.arrived), 5);
  assert.equal(steady.document.load.planned, null);
  // Each of five sends again as soon as it is answered: at least 25 ms apart would be 300.
  assert.ok(steady.arrived.length > 200 && steady.arrived.length <= 5 * 76, `${steady.arrived.length}`);
  const early = growing.arrived.filter(({ at }) => at < growing.measuredFrom + 1000);
  assert.equal(most(early), 2);
  assert.equal(most(growing.arrived), 8);
});
