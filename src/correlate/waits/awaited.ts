import { seededRandom } from '../../load/arrivals/random.ts';
import type { Finding } from '../../runs/run-document.ts';
import { milliseconds, waitedInSentence } from '../sentences.ts';
import { lowerBound } from '../shares.ts';
import { isMore, MAX_P_VALUE, SHIFTS } from '../significance.ts';
import type { RequestWaits } from './request-waits.ts';

/** Least share of the time that slow requests took, and of the time that they took longer than others, worth a sentence. */
const MIN_SHARE = 0.5;
const MIN_OF_EXCESS = 0.5;
/** Of two waits within this of each other the one that began later was awaited by the other. */
const AS_LONG = 0.9;
/** Requests that follow each other stay together: so many, where that leaves enough blocks. */
const LONGEST_BLOCK = 20;
const FEWEST_BLOCKS = 20;
const BLOCK = 10;
const RESAMPLES = 999;
const LEAST_REST_SHARE = 0.005;

/**
 * The line that slow requests waited at, known exactly: most of the time they took, and most of what they took longer than others, went
 * there. Tested by dealing out anew who was slow, in blocks of requests in the order they began, over all lines.
 *
 * @param requests every answered one of the phase, ms @param mask 1 for a slow one, by row @param slowWords what slow ones are called
 */
export function awaitedFinding(
  waits: RequestWaits,
  requests: { readonly start: Float64Array; readonly end: Float64Array },
  mask: Uint8Array,
  seed: number,
  describeFile: (path: string) => string,
  slowWords: string,
): Finding | null {
  const order = [...mask.keys()].sort((a, b) => requests.start[a]! - requests.start[b]!);
  const slow = Uint8Array.from(order, (row) => mask[row]!);
  const lengths = Float64Array.from(order, (row) => requests.end[row]! - requests.start[row]!);
  const waited = waits.waited.map((column) => Float64Array.from(order, (row) => column[row]!));
  const count = slow.reduce((sum, value) => sum + value, 0);
  if (count === 0 || count === slow.length || waited.length === 0) return null;

  const excess = waited.map((column) => meanDifference(column, slow));
  const longer = meanDifference(lengths, slow);
  const shares = waited.map((column) => sharesOf(column, lengths, slow));
  const candidates = [...waited.keys()].filter(
    (place) => longer > 0 && shares[place]!.tail >= MIN_SHARE && excess[place]! >= MIN_OF_EXCESS * longer,
  );
  if (candidates.length === 0) return null;
  const maxima = dealtMaxima(waited, slow, seed);
  const pValueOf = (place: number): number =>
    (1 + maxima.length - lowerBound(maxima, excess[place]!)) / (1 + maxima.length);
  const unlikely = candidates.filter((place) => pValueOf(place) <= MAX_P_VALUE);
  const intervals = new Map(unlikely.map((place) => [place, interval(waited[place]!, lengths, slow, seed)]));
  const significant = unlikely.filter((place) => isMore(intervals.get(place) ?? null));
  if (significant.length === 0) return null;
  const most = Math.max(...significant.map((place) => excess[place]!));
  const place = significant
    .filter((one) => excess[one]! >= AS_LONG * most)
    .reduce((best, one) => (waits.begins[one]! > waits.begins[best]! ? one : best));

  const { function: name, file, line } = waits.places[place]!;
  const { tail: tailShare, rest: restShare } = shares[place]!;
  const numbers = { tailShare, restShare, lift: restShare > LEAST_REST_SHARE ? tailShare / restShare : null };
  return {
    kind: 'waited',
    function: name,
    file,
    line,
    cpuShare: null,
    ...numbers,
    interval: intervals.get(place) ?? null,
    pValue: pValueOf(place),
    sentence: waitedInSentence(`\`${name}\` (${describeFile(file)}:${line})`, numbers, slowWords),
    evidence: [
      `Known exactly, from the service itself: ${slowWords} took ${milliseconds(longer)} longer than others, and waited ${milliseconds(excess[place]!)} longer there.`,
    ],
  };
}

/** Mean over slow ones less the mean over others. */
function meanDifference(column: Float64Array, slow: Uint8Array): number {
  let tail = 0;
  let rest = 0;
  let count = 0;
  for (let at = 0; at < column.length; at++) {
    if (slow[at] === 1) {
      tail += column[at]!;
      count++;
    } else rest += column[at]!;
  }
  return tail / count - rest / (column.length - count);
}

/** The largest difference over all places with who is slow dealt out anew, in blocks: what was slow together stays together. */
function dealtMaxima(waited: readonly Float64Array[], slow: Uint8Array, seed: number): Float64Array {
  const random = seededRandom(seed);
  const maxima = new Float64Array(SHIFTS);
  const dealt = new Uint8Array(slow.length);
  for (let i = 0; i < SHIFTS; i++) {
    const blocks = randomBlocks(slow.length, random);
    let to = 0;
    for (const { from, length } of blocks) {
      for (let at = from; at < from + length; at++) dealt[to++] = slow[at]!;
    }
    maxima[i] = Math.max(...waited.map((column) => meanDifference(column, dealt)));
  }
  return maxima.sort();
}

/** All of `count` in blocks in random order. Their lengths differ: who is slow may have a period, which equal blocks would keep in step. */
function randomBlocks(count: number, random: () => number): { from: number; length: number }[] {
  const mean = Math.max(1, Math.min(LONGEST_BLOCK, Math.floor(count / FEWEST_BLOCKS)));
  const blocks: { from: number; length: number }[] = [];
  for (let from = 0; from < count; ) {
    const length = Math.min(count - from, 1 + Math.floor(random() * (2 * mean - 1)));
    blocks.push({ from, length });
    from += length;
  }
  shuffle(blocks, random);
  return blocks;
}

function shuffle<T>(values: T[], random: () => number): void {
  for (let at = values.length - 1; at > 0; at--) {
    const other = Math.floor(random() * (at + 1));
    [values[at], values[other]] = [values[other]!, values[at]!];
  }
}

function sharesOf(column: Float64Array, lengths: Float64Array, slow: Uint8Array): { tail: number; rest: number } {
  const sums = [0, 0, 0, 0] as [number, number, number, number];
  for (let at = 0; at < column.length; at++) {
    const side = slow[at] === 1 ? 0 : 2;
    sums[side]! += column[at]!;
    sums[side + 1]! += lengths[at]!;
  }
  return { tail: sums[0] / sums[1], rest: sums[2] / sums[3] };
}

/** The 95 % interval of the difference of shares, by drawing blocks of requests with replacement. */
function interval(
  column: Float64Array,
  lengths: Float64Array,
  slow: Uint8Array,
  seed: number,
): [number, number] | null {
  const blocks = Math.ceil(column.length / BLOCK);
  const sums = new Float64Array(4 * blocks);
  for (let at = 0; at < column.length; at++) {
    const to = 4 * Math.floor(at / BLOCK) + (slow[at] === 1 ? 0 : 2);
    sums[to]! += column[at]!;
    sums[to + 1]! += lengths[at]!;
  }
  const random = seededRandom(seed);
  const differences: number[] = [];
  for (let resample = 0; resample < RESAMPLES; resample++) {
    const sum = [0, 0, 0, 0] as [number, number, number, number];
    for (let i = 0; i < blocks; i++) {
      const from = 4 * Math.floor(random() * blocks);
      for (let k = 0; k < 4; k++) sum[k]! += sums[from + k]!;
    }
    if (sum[1] > 0 && sum[3] > 0) differences.push(sum[0] / sum[1] - sum[2] / sum[3]);
  }
  if (differences.length === 0) return null;
  differences.sort((a, b) => a - b);
  const rank = (q: number): number => differences[Math.round(q * (differences.length - 1))]!;
  return [rank(0.025), rank(0.975)];
}
