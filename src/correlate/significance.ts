import { seededRandom } from '../load/arrivals/random.ts';
import { type FlightSteps, forEachShare } from './overlap.ts';
import { lowerBound, type NodePoints, type Span, type Sums } from './shares.ts';

/** Circular shifts of the requests against the samples. */
export const SHIFTS = 999;
export const MAX_P_VALUE = 0.01;
/** The least d = T − R worth a sentence. */
export const MIN_DIFFERENCE = 0.05;
/** Where slow requests waited, a line is named beside that only if it ran for this much more of their time than of the others'. */
export const MIN_BESIDE_WAIT = 0.2;
export const MIN_SLOW = 20;
export const MIN_STRETCHES = 10;
/** T/R is unknown where there are fewer samples in the rest. */
const MIN_REST_SAMPLES = 20;

/** T/R; null where too few samples tell R. */
export function liftOf(tailShare: number, restShare: number, restSamples: number): number | null {
  return restSamples >= MIN_REST_SAMPLES && restShare > 0 ? tailShare / restShare : null;
}

/** The totals shares are taken of. */
export interface Totals {
  readonly tail: number;
  readonly rest: number;
}

/** How much stands out by chance: the most over all candidates at each shift, ascending. */
export interface ShiftTest {
  readonly maxima: Float64Array;
}

/**
 * What `largestAt` says at {@link SHIFTS} random circular shifts: what stands out most of all candidates. Shifting keeps the autocorrelation
 * of both sides and breaks only their alignment, so that what stands out by chance in such data shows how often. Shifts keep at least
 * `minShift` (ms) from no shift at all, or a quarter of the phase where that is shorter.
 */
export function shiftTest(largestAt: (shift: number) => number, span: Span, minShift: number, seed: number): ShiftTest {
  const random = seededRandom(seed);
  const length = span.end - span.start;
  const margin = Math.min(minShift, length / 4);
  const maxima = new Float64Array(SHIFTS);
  for (let i = 0; i < SHIFTS; i++) maxima[i] = largestAt(margin + random() * (length - 2 * margin));
  return { maxima: maxima.sort() };
}

/** p = (1 + shifts in which something stands out at least as much) / (1 + shifts). */
export function pValue(test: ShiftTest, value: number): number {
  return (1 + test.maxima.length - lowerBound(test.maxima, value)) / (1 + test.maxima.length);
}

/** The largest T − R over `candidates` (groups), of shares of `totals`. */
export function largestDifference(sums: Sums, candidates: readonly number[], totals: Totals): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const group of candidates) {
    const difference = sums.tail[group]! / totals.tail - sums.rest[group]! / totals.rest;
    if (difference > largest) largest = difference;
  }
  return largest;
}

/**
 * How exactly a difference of shares of these totals is known, up to a factor: shares of little time vary more by chance. Differences times
 * it can be compared where totals change with the shift, as they do where the target mostly rests. 0 where a side has nothing.
 */
export function exactness({ tail, rest }: Totals): number {
  return tail > 0 && rest > 0 ? 1 / Math.sqrt(1 / tail + 1 / rest) : 0;
}

/** Resamples of the bootstrap. */
const RESAMPLES = 999;

/**
 * The 95 % percentile interval of T − R for the points with `inGroup` 1, by a block bootstrap over time: blocks of `blockMs` are drawn
 * with replacement, so that what is close in time stays together. `totals` are computed per block from all points; with `perTime`
 * they are the time slow and other requests were in flight. Null where nothing can be divided.
 */
export function differenceInterval(
  points: NodePoints,
  inGroup: Uint8Array,
  steps: FlightSteps,
  span: Span,
  blockMs: number,
  seed: number,
  perTime: boolean,
): [number, number] | null {
  const blocks = blockSums(points, inGroup, steps, span, blockMs, perTime);
  const count = blocks.length / 4;
  const random = seededRandom(seed);
  const differences: number[] = [];
  for (let resample = 0; resample < RESAMPLES; resample++) {
    const sum = [0, 0, 0, 0] as [number, number, number, number];
    for (let i = 0; i < count; i++) {
      const at = 4 * Math.floor(random() * count);
      for (let k = 0; k < 4; k++) sum[k]! += blocks[at + k]!;
    }
    if (sum[1] > 0 && sum[3] > 0) differences.push(sum[0] / sum[1] - sum[2] / sum[3]);
  }
  if (differences.length === 0) return null;
  differences.sort((a, b) => a - b);
  const rank = (q: number): number => differences[Math.round(q * (differences.length - 1))]!;
  return [rank(0.025), rank(0.975)];
}

/**
 * Whether an interval of a difference bears out that there is more. Circular shifts tell what chance would make of all that ran; the
 * bootstrap tells whether a few moments made it, and what it says stands beside the claim. Unknown speaks against nothing.
 */
export function isMore(interval: readonly [low: number, high: number] | null): boolean {
  return interval === null || interval[0] > 0;
}

/** Per block: the group's and the total weight in the tail, then in the rest. */
function blockSums(
  points: NodePoints,
  inGroup: Uint8Array,
  steps: FlightSteps,
  span: Span,
  blockMs: number,
  perTime: boolean,
): Float64Array {
  const count = Math.max(1, Math.round((span.end - span.start) / blockMs));
  const width = (span.end - span.start) / count;
  const sums = new Float64Array(4 * count);
  forEachShare(points, steps, (row, tail, rest) => {
    const at = 4 * Math.min(count - 1, Math.max(0, Math.floor((points.time[row]! - span.start) / width)));
    if (inGroup[row] === 1) {
      sums[at]! += tail;
      sums[at + 2]! += rest;
    }
    if (!perTime) {
      sums[at + 1]! += tail;
      sums[at + 3]! += rest;
    }
  });
  if (perTime) addFlightTime(sums, steps, span.start, width);
  return sums;
}

function addFlightTime(sums: Float64Array, steps: FlightSteps, origin: number, width: number): void {
  let step = 0;
  for (let block = 0; 4 * block < sums.length; block++) {
    const from = origin + block * width;
    const to = from + width;
    while (steps.time[step + 1]! <= from) step++;
    for (let i = step; steps.time[i]! < to; i++) {
      const overlap = Math.min(to, steps.time[i + 1]!) - Math.max(from, steps.time[i]!);
      sums[4 * block + 1]! += overlap * steps.tail[i]!;
      sums[4 * block + 3]! += overlap * steps.rest[i]!;
    }
  }
}
