import assert from 'node:assert/strict';
import test from 'node:test';
import { summarizeHealth } from '../../src/load/measure/health-summary.ts';
import type { HealthSample } from '../../src/runs/health-sample.ts';

const NO_WAITS = { lateness: { p50: null, p99: null }, poolWait: { p50: null, p99: null } };

/** A sample that tells only for how long the thread did nothing since the one before. */
function stalled(at: number, stall: number): HealthSample {
  return { at, cpu: at / 2, ran: null, waited: null, gcTotal: 0, gcMax: 0, stall, fds: null, ports: null, opened: 0 };
}

test('of standstills only those count that were in the phase without doubt', () => {
  const samples = [500, 1500, 2500, 3500, 4500, 5500].map((at) => stalled(at, at / 100));
  const stallsIn = (start: number, end: number): readonly number[] =>
    summarizeHealth([samples], { start, end }, null, NO_WAITS).facts.stalls;
  // The sample at 1500 tells of the warm-up too, and the one at 4500 of what came after the end.
  assert.deepEqual(stallsIn(1000, 4000), [25, 35]);
  assert.deepEqual(stallsIn(1500, 4500), [25, 35, 45]);
  assert.deepEqual(stallsIn(0, 10_000), [15, 25, 35, 45, 55]);
});
