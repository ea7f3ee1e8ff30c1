import assert from 'node:assert/strict';
import test from 'node:test';
import { percentile, percentileInterval, supportFor } from '../../src/load/percentile.ts';
import { seededRandom } from '../../src/load/random.ts';

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
});

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
