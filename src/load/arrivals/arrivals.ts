import type { Phase } from '../../runs/request-table.ts';
import { PHASES } from '../../runs/request-table.ts';
import type { OpenLoad } from '../model/open-load.ts';
import { type Arrivals, gapsOf, isEven } from './gaps.ts';
import { LevelCurve } from './level-curve.ts';
import { mixSeed, seededRandom } from './random.ts';

/** Yields the intended starts of iterations: each call the next one, ms on the run's clock, Infinity once there are no more. */
export type ArrivalTimes = () => number;

/**
 * The arrivals of a load from `start` (ms) on, to the end of its stages.
 *
 * It has one arrival a unit of the area under its level on average, and the n-th comes when the area reaches the sum of n gaps
 * of mean 1. Rescaling time so makes ramps exact: Poisson arrivals are the inhomogeneous Poisson process of that level. Constant ones
 * come whenever the area is whole, the first at the start, which is ⌈area⌉ of them in all.
 *
 * A phase has its own stream of the seed, so that a longer warm-up does not change what is measured.
 */
export function arrivalTimes(load: OpenLoad, start: number, seed: number, phase: Phase): ArrivalTimes {
  const curve = new LevelCurve(load.stages);
  const area = areas(load.arrivals, load.burstiness, seed, phase);
  return () => start + curve.timeOfArea(area());
}

/** Arrivals at `level` per second from `start` (ms) on, without an end; none at a level of 0. For phases that do not follow the stages. */
export function steadyArrivals(
  level: number,
  start: number,
  arrivals: Arrivals,
  burstiness: number,
  seed: number,
  phase: Phase,
): ArrivalTimes {
  if (!(level > 0)) return () => Number.POSITIVE_INFINITY;
  const area = areas(arrivals, burstiness, seed, phase);
  return () => start + (area() * 1000) / level;
}

/** Recorded arrivals from `start` on. @param times ms from the first of them, ascending */
export function recordedArrivals(times: readonly number[], start: number): ArrivalTimes {
  let count = 0;
  return () => start + (times[count++] ?? Number.POSITIVE_INFINITY);
}

/** Where the arrivals lie on an axis that has one a unit. */
function areas(arrivals: Arrivals, burstiness: number, seed: number, phase: Phase): () => number {
  if (isEven(arrivals, burstiness)) {
    let count = 0;
    return () => count++;
  }
  const gap = gapsOf(arrivals, burstiness, seededRandom(mixSeed(seed, STREAM, PHASES.indexOf(phase))));
  let area = 0;
  return () => {
    area += gap();
    return area;
  };
}

/** Sets the streams of arrivals apart from what else is drawn from a plan's seed. */
const STREAM = 0x61727276;
