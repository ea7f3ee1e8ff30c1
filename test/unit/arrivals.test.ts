import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ArrivalTimes, arrivalTimes, recordedArrivals, steadyArrivals } from '../../src/load/arrivals/arrivals.ts';
import type { Arrivals } from '../../src/load/arrivals/gaps.ts';
import { LevelCurve } from '../../src/load/arrivals/level-curve.ts';
import { SharedArrivals } from '../../src/load/arrivals/shared-arrivals.ts';
import { type Load, modelOf } from '../../src/load/model/load-model.ts';
import { type OpenLoad, steadyRate } from '../../src/load/model/open-load.ts';
import type { Stage } from '../../src/load/model/stages.ts';
import { unitGammaCdf } from '../support/gamma-cdf.ts';
import { ksCritical, ksStatistic } from '../support/ks.ts';

const stage = (from: number, to: number, seconds: number): Stage => ({ name: '', from, to, duration: seconds * 1000 });
const open = (arrivals: Arrivals, stages: readonly Stage[], burstiness = 1): OpenLoad => ({
  model: 'open',
  arrivals,
  burstiness,
  stages,
});
const steady = (arrivals: Arrivals, rate: number, seconds: number): OpenLoad =>
  open(arrivals, [stage(rate, rate, seconds)]);

function all(next: ArrivalTimes): number[] {
  const times: number[] = [];
  for (let time = next(); time !== Number.POSITIVE_INFINITY; time = next()) times.push(time);
  return times;
}
const within = (times: readonly number[], from: number, to: number): number =>
  times.filter((time) => time >= from && time < to).length;
const gapsBetween = (times: readonly number[]): number[] => times.slice(1).map((time, i) => time - times[i]!);

const RAMP = [stage(0, 200, 30)];
const SHAPE = [stage(50, 50, 10), stage(50, 200, 20), stage(0, 0, 5), stage(300, 300, 3), stage(300, 0, 12)];

describe('constant arrivals', () => {
  test('are evenly spaced, without drift after a million', () => {
    for (const rate of [3, 300, 49_999.7]) {
      const load = steady('constant', rate, 1_000_001 / rate);
      for (const next of [
        arrivalTimes(load, 0, 1, 'measured'),
        steadyArrivals(rate, 0, 'constant', 1, 1, 'warmup'),
        steadyArrivals(rate, 0, 'gamma', Number.POSITIVE_INFINITY, 1, 'warmup'),
      ]) {
        let worst = 0;
        for (let n = 0; n < 1_000_000; n++) worst = Math.max(worst, Math.abs(next() - (n * 1000) / rate));
        assert.ok(worst < 1e-6, `${rate}/s: ${worst} ms`);
      }
    }
  });

  test('begin at the start and end before the end', () => {
    const times = all(arrivalTimes(steady('constant', 10, 3), 500, 1, 'measured'));
    assert.equal(times.length, 30);
    assert.equal(times[0], 500);
    assert.ok(Math.abs(times[29]! - 3400) < 1e-9);
  });

  test('are as many as the area of what is asked, for rates and times that are no whole numbers too', () => {
    const counts: [readonly Stage[], number][] = [
      [RAMP, 3000],
      [[stage(200, 0, 30)], 3000],
      [SHAPE, 500 + 2500 + 900 + 1800],
      [[stage(0.1, 0.1, 10), stage(0.1, 0.1, 10), stage(0.1, 0.1, 10)], 3],
      [[stage(0.7, 0.7, 1), ...Array.from({ length: 29 }, () => stage(0.7, 0.7, 1))], 21],
      [[stage(7, 7, 1 / 7)], 1],
      // Half an arrival more: due half a gap before the end.
      [[stage(10, 10, 1.05)], 11],
    ];
    for (const [stages, count] of counts) {
      assert.equal(all(arrivalTimes(open('constant', stages), 0, 1, 'measured')).length, count);
    }
  });

  test('follow the area of a ramp in each tenth of it', () => {
    const times = all(arrivalTimes(open('constant', RAMP), 1000, 1, 'measured'));
    for (let tenth = 0; tenth < 10; tenth++) {
      // 3000 · ((i + 1)² − i²) / 100
      const count = within(times, 1000 + tenth * 3000, 1000 + (tenth + 1) * 3000);
      assert.ok(Math.abs(count - 30 * (2 * tenth + 1)) <= 1, `tenth ${tenth}: ${count}`);
    }
  });

  test('come in a ramp when its level has added up to whole numbers', () => {
    const times = all(arrivalTimes(open('constant', RAMP), 0, 1, 'measured'));
    times.forEach((time, n) => {
      assert.ok(Math.abs((200 * (time / 1000) ** 2) / 60 - n) < 1e-9);
    });
  });
});

describe('random arrivals', () => {
  test('of Poisson have exponential gaps of the rate, told from other spacings', () => {
    const gaps = gapsBetween(all(arrivalTimes(steady('poisson', 200, 100), 0, 5, 'measured')));
    const critical = ksCritical(gaps.length, 0.01);
    assert.ok(ksStatistic(gaps, (x) => 1 - Math.exp(-x / 5)) < critical);
    assert.ok(ksStatistic(gaps, (x) => unitGammaCdf(0.5, x / 5)) > critical);
    const even = gapsBetween(all(arrivalTimes(steady('constant', 200, 100), 0, 5, 'measured')));
    assert.ok(ksStatistic(even, (x) => 1 - Math.exp(-x / 5)) > critical);
  });

  test('of gamma have gaps of that shape', () => {
    const gaps = gapsBetween(all(arrivalTimes(open('gamma', [stage(200, 200, 100)], 0.5), 0, 5, 'measured')));
    assert.ok(ksStatistic(gaps, (x) => unitGammaCdf(0.5, x / 5)) < ksCritical(gaps.length, 0.01));
  });

  test('without an end keep the rate', () => {
    const next = steadyArrivals(200, 7, 'poisson', 1, 5, 'transition');
    const times = Array.from({ length: 20_001 }, next);
    const gaps = gapsBetween([7, ...times]);
    assert.ok(ksStatistic(gaps, (x) => 1 - Math.exp(-x / 5)) < ksCritical(gaps.length, 0.01));
    assert.equal(steadyArrivals(0, 7, 'poisson', 1, 5, 'warmup')(), Number.POSITIVE_INFINITY);
    assert.equal(steadyArrivals(0, 7, 'constant', 1, 5, 'warmup')(), Number.POSITIVE_INFINITY);
  });

  test('of a shaped load are as many as its area, in all and in each tenth of its time', () => {
    for (const [stages, total] of [
      [RAMP, 3000],
      [SHAPE, 5700],
    ] as const) {
      const curve = new LevelCurve(stages);
      for (let seed = 1; seed <= 5; seed++) {
        const times = all(arrivalTimes(open('poisson', stages), 0, seed, 'measured'));
        assert.ok(Math.abs(times.length - total) < 4 * Math.sqrt(total), `seed ${seed}: ${times.length}`);
        for (let tenth = 0; tenth < 10; tenth++) {
          const [from, to] = [(tenth / 10) * curve.duration, ((tenth + 1) / 10) * curve.duration];
          const area = curve.area(to) - curve.area(from);
          const count = within(times, from, to);
          assert.ok(
            Math.abs(count - area) < 4 * Math.sqrt(area) + 1e-9,
            `seed ${seed}, tenth ${tenth}: ${count}, not ${area}`,
          );
        }
      }
    }
  });

  test('of a ramp lie along it as a Poisson process of its level does, and not as one of its mean', () => {
    const times = all(arrivalTimes(open('poisson', RAMP), 0, 3, 'measured'));
    const critical = ksCritical(times.length, 0.01);
    assert.ok(ksStatistic(times, (t) => (t / 30_000) ** 2) < critical);
    assert.ok(ksStatistic(times, (t) => t / 30_000) > critical);
  });

  test('do not come where the level is 0, nor after the end', () => {
    for (const arrivals of ['constant', 'poisson', 'gamma'] as const) {
      const next = arrivalTimes(open(arrivals, SHAPE, 0.3), 0, 2, 'measured');
      const times = all(next);
      assert.equal(within(times, 30_000, 35_000), 0);
      assert.ok(within(times, 29_000, 30_000) > 20 && within(times, 35_000, 36_000) > 20);
      assert.ok(times.at(-1)! < 50_000);
      assert.equal(next(), Number.POSITIVE_INFINITY);
      assert.ok(times.every((time, i) => i === 0 || time >= times[i - 1]!));
    }
  });

  test('are the same again for a seed, and others for each phase and seed', () => {
    const take = (seed: number, phase: 'measured' | 'profiled'): number[] =>
      all(arrivalTimes(steady('poisson', 50, 10), 0, seed, phase));
    assert.deepEqual(take(9, 'measured'), take(9, 'measured'));
    assert.notDeepEqual(take(9, 'measured'), take(9, 'profiled'));
    assert.notDeepEqual(take(9, 'measured'), take(10, 'measured'));
    assert.notDeepEqual(take(9, 'measured'), take(9 + 2 ** 32, 'measured'));
  });

  test('of a steady stage are those of the steady rate', () => {
    const load = steadyRate(80, 20_000);
    const next = steadyArrivals(80, 40, 'poisson', 1, 6, 'measured');
    for (const time of all(arrivalTimes(load, 40, 6, 'measured'))) assert.ok(Math.abs(time - next()) < 1e-6);
    assert.ok(next() >= 20_040);
  });
});

test('a replay has the recorded times, from the start', () => {
  const next = recordedArrivals([0, 0, 12.5, 900], 250);
  assert.deepEqual(all(next), [250, 250, 262.5, 1150]);
  assert.equal(next(), Number.POSITIVE_INFINITY);
});

describe('arrivals shared by generators', () => {
  test('are together just the one schedule', () => {
    const loads: Load[] = [
      open('poisson', SHAPE),
      open('constant', RAMP),
      open('gamma', RAMP, 0.5),
      { model: 'replay', times: [0, 1, 1, 4] },
      { model: 'replay', times: [3] },
    ];
    for (const load of loads) {
      const arrivals = (): ArrivalTimes => modelOf(load).arrivals(100, 8, 'measured')!;
      const schedule = all(arrivals());
      const united: number[] = [];
      for (let generator = 0; generator < 3; generator++) {
        const shared = new SharedArrivals(arrivals(), generator, 3);
        let previous = Number.NEGATIVE_INFINITY;
        for (; shared.time !== Number.POSITIVE_INFINITY; shared.next()) {
          assert.equal(united[shared.index], undefined, 'taken once');
          assert.equal(shared.index % 3, generator);
          assert.ok(shared.time >= previous);
          previous = shared.time;
          united[shared.index] = shared.time;
          const before = schedule.filter((time) => time < shared.time).length;
          assert.equal(shared.countBefore(shared.time), before);
        }
        shared.next();
        assert.equal(shared.time, Number.POSITIVE_INFINITY);
        assert.equal(shared.countBefore(Number.POSITIVE_INFINITY), schedule.length, 'known to each');
      }
      assert.deepEqual(united, schedule);
    }
  });

  test('are the schedule itself for a single one', () => {
    const next = steadyArrivals(10, 0, 'poisson', 1, 4, 'warmup');
    const shared = new SharedArrivals(steadyArrivals(10, 0, 'poisson', 1, 4, 'warmup'), 0, 1);
    for (let n = 0; n < 100; n++, shared.next()) assert.deepEqual([shared.index, shared.time], [n, next()]);
  });
});
