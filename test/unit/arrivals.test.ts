import assert from 'node:assert/strict';
import test from 'node:test';
import { arrivalTimes } from '../../src/load/arrivals.ts';

test('constant arrivals are evenly spaced and do not drift', () => {
  const next = arrivalTimes('constant', 3, 100, 1, 'measured');
  let last = 0;
  for (let i = 0; i < 3001; i++) last = next();
  assert.equal(last, 100 + 3000 * (1000 / 3));
});

test('Poisson arrivals have the rate, and gaps as variable as they are long', () => {
  const next = arrivalTimes('poisson', 200, 0, 5, 'measured');
  const gaps: number[] = [];
  let previous = 0;
  for (let i = 0; i < 50_000; i++) {
    const time = next();
    gaps.push(time - previous);
    previous = time;
  }
  const mean = gaps.reduce((a, b) => a + b) / gaps.length;
  const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
  assert.ok(Math.abs(mean - 5) < 0.1, `mean gap ${mean}`);
  assert.ok(Math.abs(deviation / mean - 1) < 0.03, `variation ${deviation / mean}`);
});

test('a seed gives the same arrivals again, and each phase its own', () => {
  const take = (seed: number, phase: 'measured' | 'profiled') => {
    const next = arrivalTimes('poisson', 50, 0, seed, phase);
    return [next(), next(), next()];
  };
  assert.deepEqual(take(9, 'measured'), take(9, 'measured'));
  assert.notDeepEqual(take(9, 'measured'), take(9, 'profiled'));
  assert.notDeepEqual(take(9, 'measured'), take(10, 'measured'));
});
