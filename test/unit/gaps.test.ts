import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Arrivals, gapsOf } from '../../src/load/arrivals/gaps.ts';
import { mixSeed, seededRandom } from '../../src/load/arrivals/random.ts';
import { PlanError } from '../../src/load/plan/plan-error.ts';
import { incompleteGamma, unitGammaCdf } from '../support/gamma-cdf.ts';
import { ksCritical, ksStatistic } from '../support/ks.ts';

const N = 20_000;

function sample(arrivals: Arrivals, burstiness: number, seed = 11): Float64Array {
  const next = gapsOf(arrivals, burstiness, seededRandom(seed));
  return Float64Array.from({ length: N }, next);
}
const exponential = (x: number): number => 1 - Math.exp(-x);
const gamma =
  (shape: number) =>
  (x: number): number =>
    unitGammaCdf(shape, x);
const isOf = (samples: Float64Array, cdf: (x: number) => number): boolean =>
  ksStatistic(samples, cdf) < ksCritical(samples.length, 0.01);

describe('the yardsticks', () => {
  test('the incomplete gamma function has the values it has in closed form', () => {
    for (const x of [0.001, 0.3, 1, 2.5, 9, 40]) {
      const close = (actual: number, expected: number): void =>
        assert.ok(Math.abs(actual - expected) < 1e-12, `at ${x}: ${actual}, not ${expected}`);
      close(incompleteGamma(1, x), 1 - Math.exp(-x));
      close(incompleteGamma(2, x), 1 - Math.exp(-x) * (1 + x));
      close(incompleteGamma(4, x), 1 - Math.exp(-x) * (1 + x + x ** 2 / 2 + x ** 3 / 6));
    }
    // P(½, x) = erf(√x); erf(0.5) and erf(2) as tabulated.
    assert.ok(Math.abs(incompleteGamma(0.5, 0.25) - 0.520499877813047) < 1e-13);
    assert.ok(Math.abs(incompleteGamma(0.5, 4) - 0.995322265018953) < 1e-13);
  });

  test('D is the greatest distance, on either side of a step', () => {
    const uniform = (x: number): number => x;
    assert.ok(Math.abs(ksStatistic([0.5], uniform) - 0.5) < 1e-15);
    assert.ok(Math.abs(ksStatistic([0.9, 0.1, 0.2], uniform) - (2 / 3 - 0.2)) < 1e-15);
    assert.ok(Math.abs(ksStatistic([0.7, 0.8], uniform) - 0.7) < 1e-15);
  });

  test('critical values are the tabulated ones, and exceeded as often as they say', () => {
    for (const [n, alpha, tabulated] of [
      [20, 0.05, 0.294],
      [20, 0.01, 0.352],
      [50, 0.01, 0.226],
      [100, 0.05, 0.134],
    ] as const) {
      assert.ok(Math.abs(ksCritical(n, alpha) - tabulated) < 0.001, `n ${n}, alpha ${alpha}: ${ksCritical(n, alpha)}`);
    }
    let exceeded = 0;
    for (let round = 0; round < 2000; round++) {
      const next = gapsOf('poisson', 1, seededRandom(mixSeed(5, round)));
      const samples = Float64Array.from({ length: 100 }, next);
      if (ksStatistic(samples, exponential) > ksCritical(100, 0.05)) exceeded++;
    }
    // 100 expected, standard deviation 9.7.
    assert.ok(exceeded > 61 && exceeded < 139, `exceeded ${exceeded} times of 2000`);
  });
});

describe('gaps', () => {
  test('of constant arrivals are all 1', () => {
    assert.ok(sample('constant', 1).every((gap) => gap === 1));
    assert.ok(sample('gamma', Number.POSITIVE_INFINITY).every((gap) => gap === 1));
  });

  test('of Poisson arrivals are exponential', () => {
    assert.ok(isOf(sample('poisson', 1), exponential));
    assert.ok(isOf(sample('poisson', 0.2), exponential), 'whatever the burstiness');
  });

  for (const shape of [0.05, 0.25, 0.5, 0.9, 1, 1.5, 3, 10, 100]) {
    test(`of gamma arrivals with burstiness ${shape} have that shape, mean 1 and variance ${1 / shape}`, () => {
      const samples = sample('gamma', shape);
      assert.ok(isOf(samples, gamma(shape)), `D ${ksStatistic(samples, gamma(shape))}`);
      const mean = samples.reduce((sum, gap) => sum + gap) / N;
      const variance = samples.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / N;
      assert.ok(Math.abs(mean - 1) < 4 / Math.sqrt(shape * N), `mean ${mean}`);
      // A gamma's variance of variance: (excess kurtosis 6/k + 2) / n, relative.
      assert.ok(Math.abs(variance * shape - 1) < 4 * Math.sqrt((6 / shape + 2) / N), `variance ${variance}`);
    });
  }

  test('of one kind are told from those of another, so that the above could fail', () => {
    const poisson = sample('poisson', 1);
    assert.ok(!isOf(poisson, gamma(0.5)));
    assert.ok(!isOf(poisson, gamma(0.9)));
    assert.ok(!isOf(poisson, gamma(1.5)));
    assert.ok(!isOf(poisson, (x) => (x < 1 ? 0 : 1)));
    assert.ok(!isOf(sample('constant', 1), exponential));
    assert.ok(!isOf(sample('gamma', 0.5), exponential));
    assert.ok(!isOf(sample('gamma', 0.5), gamma(0.45)));
    assert.ok(!isOf(poisson, (x) => exponential(x * 1.05)), 'a rate 5 % off');
  });

  test('are independent: neighbours do not go together', () => {
    for (const [arrivals, burstiness] of [
      ['poisson', 1],
      ['gamma', 0.5],
      ['gamma', 4],
    ] as const) {
      const samples = sample(arrivals, burstiness);
      for (const lag of [1, 2, 3]) {
        let sum = 0;
        for (let i = lag; i < N; i++) sum += (samples[i]! - 1) * (samples[i - lag]! - 1) * burstiness;
        assert.ok(Math.abs(sum) < 4 * Math.sqrt(N), `${arrivals} ${burstiness}, lag ${lag}: ${sum / N}`);
      }
    }
  });

  test('with a burstiness that is none are a fault of the plan', () => {
    for (const burstiness of [0, -1, Number.NaN]) {
      assert.throws(() => gapsOf('gamma', burstiness, Math.random), PlanError);
    }
  });
});

describe('mixed seeds', () => {
  test('change by half their bits with any bit, any number and any order', () => {
    const base = [1, 2, 3];
    const flips = (other: readonly number[]): number => {
      const changed = (mixSeed(...base) ^ mixSeed(...other)) >>> 0;
      return [...changed.toString(2)].filter((bit) => bit === '1').length;
    };
    for (const other of [
      [2, 2, 3],
      [1, 2, 4],
      [2, 1, 3],
      [1, 2],
      [1, 2, 3, 0],
      [1 + 2 ** -52, 2, 3],
      [1, 2, -3],
    ]) {
      assert.ok(flips(other) >= 6 && flips(other) <= 26, `${other}: ${flips(other)} bits`);
    }
    let total = 0;
    for (let i = 0; i < 4000; i++) {
      total += [...((mixSeed(7, i) ^ mixSeed(7, i + 1)) >>> 0).toString(2)].filter((bit) => bit === '1').length;
    }
    // 16 each, standard deviation √8.
    assert.ok(Math.abs(total / 4000 - 16) < (4 * Math.sqrt(8)) / Math.sqrt(4000), `${total / 4000} bits`);
  });

  test('are spread evenly, and no more often the same than by chance', () => {
    const seeds = Float64Array.from({ length: 100_000 }, (_, i) => mixSeed(Math.floor(i / 100), i % 100));
    assert.ok(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32));
    assert.ok(ksStatistic(seeds, (x) => x / 2 ** 32) < ksCritical(seeds.length, 0.01));
    // n²/2 pairs in 2³²: 1.16 expected.
    assert.ok(seeds.length - new Set(seeds).size <= 6);
  });

  test('give neighbours streams that have nothing to do with each other', () => {
    const n = 5000;
    for (let seed = 0; seed < 40; seed++) {
      const [a, b] = [seededRandom(mixSeed(seed, 0)), seededRandom(mixSeed(seed, 1))];
      let sum = 0;
      for (let i = 0; i < n; i++) sum += (a() - 0.5) * (b() - 0.5) * 12;
      assert.ok(Math.abs(sum) < 4 * Math.sqrt(n), `seed ${seed}: correlation ${sum / n}`);
    }
  });

  test('hold the first draws of many streams to chance as well', () => {
    const first = Float64Array.from({ length: N }, (_, i) => seededRandom(mixSeed(i))());
    assert.ok(ksStatistic(first, (x) => x) < ksCritical(N, 0.01));
    let sum = 0;
    for (let i = 1; i < N; i++) sum += (first[i]! - 0.5) * (first[i - 1]! - 0.5) * 12;
    assert.ok(Math.abs(sum) < 4 * Math.sqrt(N), `correlation ${sum / N}`);
  });

  test('take −0 for 0', () => {
    assert.equal(mixSeed(-0), mixSeed(0));
  });
});
