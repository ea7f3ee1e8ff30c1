import type { Phase } from '../runs/request-table.ts';
import { PHASES } from '../runs/request-table.ts';
import type { Arrivals } from './plan.ts';
import { seededRandom } from './random.ts';

/** Yields the intended starts of an open load: each call the next one, ms on the run's clock. */
export type ArrivalTimes = () => number;

/**
 * Arrivals at `rate` per second from `start` (ms) on. Constant ones are evenly spaced from `start`; Poisson ones have
 * independent exponential gaps, −ln(1−u)/rate. A phase has its own stream of the seed, so that a longer warm-up does not change
 * what is measured.
 */
export function arrivalTimes(
  arrivals: Arrivals,
  rate: number,
  start: number,
  seed: number,
  phase: Phase,
): ArrivalTimes {
  const gap = 1000 / rate;
  if (arrivals === 'constant') {
    let count = 0;
    // Multiplied, not summed: a million additions of 0.1 would drift.
    return () => start + gap * count++;
  }
  const random = seededRandom(seed * PHASES.length + PHASES.indexOf(phase));
  let time = start;
  return () => {
    time += -Math.log(1 - random()) * gap;
    return time;
  };
}
