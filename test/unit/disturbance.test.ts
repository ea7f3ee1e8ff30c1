import assert from 'node:assert/strict';
import test from 'node:test';
import { disturbance, type Stretch } from '../../src/runner/disturbance.ts';

/** @param p50 with its interval @param p99 the same */
function stretch(p50: [number, number] | null, p99: [number, number] | null): Stretch {
  return { interval: (quantile) => (quantile === 0.5 ? p50 : p99) };
}

test('a profiler that makes the p99 surely more than a tenth longer has its findings withheld, with the figures', () => {
  const plain = stretch([9, 11], [90, 100]);
  assert.equal(disturbance(plain, stretch([9, 11], [109, 140])), null);
  assert.equal(
    disturbance(plain, stretch([9, 11], [111, 140])),
    'Findings are withheld: while it was profiled the target was slower than before, its p99 was 111.0 to 140.0 ms ' +
      'against 90.0 to 100.0 ms (95 %). A lower rate disturbs less.',
  );
});

test('so is one whose median is another by more than half, to either side', () => {
  const plain = stretch([9, 11], null);
  assert.equal(disturbance(plain, stretch([16, 20], null)), null);
  assert.match(disturbance(plain, stretch([17, 20], null)) ?? '', /slower than before, its p50 was 17\.0 to 20\.0 ms/);
  assert.match(disturbance(plain, stretch([3, 4], null)) ?? '', /faster than before, its p50/);
  assert.equal(disturbance(plain, stretch([4, 5], null)), null);
});

test('where too few requests tell, nothing is withheld', () => {
  assert.equal(disturbance(stretch(null, null), stretch([50, 60], [500, 600])), null);
});
