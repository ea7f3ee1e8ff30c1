import assert from 'node:assert/strict';
import test from 'node:test';
import { balancedSeed } from '../../src/find/balanced-seed.ts';
import { arrivalTimes } from '../../src/load/arrivals/arrivals.ts';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { ksCritical, ksStatistic } from '../support/ks.ts';

const DURATION = 8000;
const LOAD = steadyRate(250, DURATION, 'poisson');

function timesOf(seed: number): number[] {
  const next = arrivalTimes(LOAD, 0, seed, 'measured');
  const times: number[] = [];
  for (let time = next(); time < DURATION; time = next()) times.push(time);
  return times;
}

test('a probe has as many arrivals as were asked for in each of its quarters, and is made of its own', () => {
  const seeds = Array.from({ length: 40 }, (_, seed) => balancedSeed(LOAD, DURATION, seed));
  assert.equal(new Set(seeds).size, seeds.length);
  for (const seed of seeds) {
    const counts = [0, 0, 0, 0];
    for (const time of timesOf(seed)) counts[Math.floor((time / DURATION) * 4)]!++;
    // Half a standard deviation of a Poisson count of 500.
    for (const count of counts) assert.ok(Math.abs(count - 500) <= 11.2, counts.join());
  }
});

test('its gaps are those of a Poisson process still', () => {
  const gaps = Array.from({ length: 20 }, (_, seed) => timesOf(balancedSeed(LOAD, DURATION, seed))).flatMap((times) =>
    times.slice(1).map((time, index) => time - times[index]!),
  );
  const distance = ksStatistic(gaps, (gap) => 1 - Math.exp(-gap / 4));
  assert.ok(distance < ksCritical(gaps.length, 0.01), `${distance}`);
  const after = gaps.slice(1);
  const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
  const shared = after.reduce((sum, gap, index) => sum + (gap - mean) * (gaps[index]! - mean), 0) / after.length;
  assert.ok(Math.abs(shared / mean ** 2) < 0.02, `${shared / mean ** 2}`);
});

test('of very many arrivals the first seed is as good, and no other is looked for', () => {
  const load = steadyRate(100_000, 60_000, 'poisson');
  assert.equal(balancedSeed(load, 60_000, 7), 7);
});
