/** Requests as intervals by column: ms on the run's clock, in any order, every one with an end. */
export interface Intervals {
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** Ms. Not always end − start: latency may count from the intended start, the interval from when the server could know of it. */
  readonly latency: Float64Array;
}

/** Which requests are slow. */
export interface Tail {
  /** Ms: a request is slow at or above it (above it, where it is an objective's limit). */
  readonly threshold: number;
  /** 1 for a slow request, by row of the intervals. */
  readonly mask: Uint8Array;
  /** How many are slow. */
  readonly slow: number;
  /** Stretches of time with a slow request in flight: the unions of overlapping slow intervals. */
  readonly stretches: number;
}

/** The share of requests that are slow where no objective says otherwise. */
export const TAIL_QUANTILE = 0.95;
/** Fewer requests over an objective than this, and the slowest 5 % are taken instead. */
export const MIN_OVER_OBJECTIVE = 20;

/** Intervals whose latency is their whole length. */
export function intervalsOf(start: Float64Array, end: Float64Array): Intervals {
  return { start, end, latency: Float64Array.from(end, (value, row) => value - start[row]!) };
}

/**
 * Chooses the slow requests: those over `objectiveLimit` (ms) when at least {@link MIN_OVER_OBJECTIVE} are, else the slowest 5 %
 * (at or above the 95th percentile by nearest rank, so equal latencies stand or fall together).
 */
export function chooseTail(intervals: Intervals, objectiveLimit?: number): Tail {
  const { latency } = intervals;
  if (objectiveLimit !== undefined) {
    const over = latency.reduce((count, value) => count + Number(value > objectiveLimit), 0);
    if (over >= MIN_OVER_OBJECTIVE) return tailOf(intervals, objectiveLimit, (value) => value > objectiveLimit);
  }
  const sorted = latency.toSorted();
  const threshold = sorted[Math.max(0, Math.ceil(TAIL_QUANTILE * sorted.length) - 1)] ?? Number.NaN;
  return tailOf(intervals, threshold, (value) => value >= threshold);
}

/** The requests over `limit`, ms, however many they are. */
export function tailOver(intervals: Intervals, limit: number): Tail {
  return tailOf(intervals, limit, (value) => value > limit);
}

function tailOf(intervals: Intervals, threshold: number, isSlow: (latency: number) => boolean): Tail {
  const mask = Uint8Array.from(intervals.latency, (value) => Number(isSlow(value)));
  const rows = [...mask.keys()].filter((row) => mask[row] === 1);
  rows.sort((a, b) => intervals.start[a]! - intervals.start[b]!);
  let stretches = 0;
  let reach = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    if (intervals.start[row]! > reach) stretches++;
    reach = Math.max(reach, intervals.end[row]!);
  }
  return { threshold, mask, slow: rows.length, stretches };
}
