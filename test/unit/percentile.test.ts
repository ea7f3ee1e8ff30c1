import assert from 'node:assert/strict';
import test from 'node:test';
import { seededRandom } from '../../src/load/arrivals/random.ts';
import { binomialInterval, percentile, percentileInterval, supportFor } from '../../src/load/measure/percentile.ts';

const upTo = (n: number): Float64Array => Float64Array.from({ length: n }, (_, i) => i + 1);

test('a percentile needs as many requests as its 95 % interval does', () => {
  assert.equal(supportFor(0.99), 368);
  assert.equal(supportFor(0.999), 3688);
  assert.equal(percentile(upTo(367), 0.99), null);
  assert.equal(percentile(upTo(368), 0.99), 365);
});

test('percentiles are nearest ranks', () => {
  const values = upTo(1000);
  assert.equal(percentile(values, 0.5), 500);
  assert.equal(percentile(values, 0.95), 950);
  assert.equal(percentile(values, 0.99), 990);
  // 0.07 × 100 and 0.29 × 100 are not whole in binary.
  assert.equal(percentile(upTo(100), 0.07), 7);
  assert.equal(percentile(upTo(100), 0.29), 29);
});

test('the binomial interval is exact for any number of requests', () => {
  for (const [n, p] of [
    [1, 0.5],
    [100, 0.5],
    [368, 0.01],
    [1000, 0.05],
    [100_000, 0.01],
    [1_000_000, 0.001],
    [300_000, 0.5],
    [50_000, 0.99],
  ] as const) {
    for (const confidence of [0.95, 0.999]) {
      const miss = (1 - confidence) / 2;
      const [low, high] = binomialInterval(n, p, confidence);
      const told = `${n} ${p}: ${low}–${high}`;
      assert.ok(atMost(low, n, p) > miss && (low === 0 || atMost(low - 1, n, p) <= miss), told);
      assert.ok(atMost(high, n, p) >= 1 - miss && (high === 0 || atMost(high - 1, n, p) < 1 - miss), told);
    }
  }
  assert.deepEqual(binomialInterval(50, 0), [0, 0]);
  assert.deepEqual(binomialInterval(50, 1), [50, 50]);
  assert.deepEqual(binomialInterval(0, 0.5), [0, 0]);
});

/** P(X ≤ k) of a Binomial(n, p), from logarithms of factorials. */
function atMost(k: number, n: number, p: number): number {
  let logarithm = n * Math.log1p(-p);
  let sum = Math.exp(logarithm);
  for (let i = 0; i < k; i++) {
    logarithm += Math.log((n - i) / (i + 1)) + Math.log(p) - Math.log1p(-p);
    sum += Math.exp(logarithm);
  }
  return sum;
}

test('the 95 % interval covers the true percentile as often as it says', () => {
  const random = seededRandom(7);
  let covered = 0;
  const rounds = 2000;
  for (let round = 0; round < rounds; round++) {
    const values = Float64Array.from({ length: 600 }, () => -Math.log(1 - random())).sort();
    const [low, high] = percentileInterval(values, 0.99)!;
    const truth = -Math.log(0.01);
    if (low <= truth && truth <= high) covered++;
  }
  assert.ok(covered / rounds >= 0.94 && covered / rounds <= 0.995, `covered ${covered} of ${rounds}`);
});
