import { recordedArrivals } from '../arrivals/arrivals.ts';
import { figure } from '../measure/figure.ts';
import type { LoadModel } from './load-model.ts';

const SECOND = 1000;
/** A rate at a moment is that of so long before and after it, ms. */
const AROUND = 1500;

/** Recorded arrivals, ms from the start, ascending. */
export interface ReplayedLoad {
  readonly model: 'replay';
  readonly times: readonly number[];
}

/** What it is to those who make load. */
export function replayedLoad({ times }: ReplayedLoad): LoadModel {
  const before = (time: number): number => countBefore(times, time);
  const last = times.at(-1) ?? 0;
  return {
    closed: false,
    stages: [],
    firstLevel: 0,
    get highestLevel() {
      return mostInASecond(times);
    },
    asked: {
      before,
      rateAt(time) {
        const [from, to] = [Math.max(0, time - AROUND), Math.min(last, time + AROUND)];
        return to > from ? ((before(to) - before(from)) / (to - from)) * SECOND : 0;
      },
    },
    arrivals: (start) => recordedArrivals(times, start),
    steadyArrivals: () => null,
    check: () => undefined,
    words: (duration) => `${figure(times.length)} recorded arrivals over ${figure(duration / SECOND)}s`,
  };
}

/** @param times ascending */
function countBefore(times: readonly number[], time: number): number {
  let low = 0;
  let high = times.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of the whole seconds from the start. @param times ascending */
function mostInASecond(times: readonly number[]): number {
  let most = 0;
  let begun = 0;
  times.forEach((time, index) => {
    if (index > 0 && Math.floor(time / SECOND) !== Math.floor(times[index - 1]! / SECOND)) begun = index;
    most = Math.max(most, index + 1 - begun);
  });
  return most;
}
