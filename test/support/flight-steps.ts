import type { FlightSteps } from '../../src/correlate/overlap.ts';

/** Shares of slow and of other requests from each time on, ms, of as many; nobody is in flight before the first. */
export function stepsOf(time: number[], tail: number[], rest: number[]): FlightSteps {
  return {
    time: Float64Array.of(Number.NEGATIVE_INFINITY, ...time, Number.POSITIVE_INFINITY),
    tail: Float64Array.of(0, ...tail, 0),
    rest: Float64Array.of(0, ...rest, 0),
  };
}
