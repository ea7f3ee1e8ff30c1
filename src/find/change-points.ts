import { seededRandom } from '../load/arrivals/random.ts';
import { shuffle } from './shuffle.ts';

/** To either side of a change, and in all: of fewer no order is rare enough. */
const LEAST_BESIDE = 4;
export const LEAST_RUNS = 10;
const PERMUTATIONS = 1999;
/** The chance that one is found in values that only vary. */
const MISS = 0.02;

/**
 * Where a series changes its level, as the indices of the first value after each change, ascending. The split whose sides differ most by the
 * ranks of their values (Pettitt, Applied Statistics 28, 1979, standardised) is a change where hardly any order of the same values has one
 * as large; then either side is looked at by itself (binary segmentation). Values that wander are not told from ones that change.
 */
export function changePoints(values: readonly number[], seed = 1): number[] {
  return changesWithin(values, 0, seededRandom(seed));
}

function changesWithin(values: readonly number[], offset: number, random: () => number): number[] {
  if (values.length < LEAST_RUNS) return [];
  const ranks = ranksOf(values);
  const { at, size } = largestSplit(ranks);
  let asLarge = 1;
  const order = [...ranks];
  for (let i = 0; i < PERMUTATIONS; i++) {
    shuffle(order, random);
    if (largestSplit(order).size >= size) asLarge++;
  }
  if (asLarge / (PERMUTATIONS + 1) > MISS) return [];
  return [
    ...changesWithin(values.slice(0, at), offset, random),
    offset + at,
    ...changesWithin(values.slice(at), offset + at, random),
  ];
}

/** Ranks from 1, equal values sharing the mean of theirs. */
function ranksOf(values: readonly number[]): number[] {
  return values.map((value) => {
    const below = values.filter((other) => other < value).length;
    const equal = values.filter((other) => other === value).length;
    return below + (equal + 1) / 2;
  });
}

/** The split with the largest standardised rank sum: `at` is the first of the second side. */
function largestSplit(ranks: readonly number[]): { at: number; size: number } {
  const n = ranks.length;
  let best = { at: 0, size: -1 };
  let sum = 0;
  for (let at = 1; at < n; at++) {
    sum += ranks[at - 1]!;
    if (at < LEAST_BESIDE || n - at < LEAST_BESIDE) continue;
    const size = Math.abs(sum - (at * (n + 1)) / 2) / Math.sqrt((at * (n - at) * (n + 1)) / 12);
    if (size > best.size + 1e-12) best = { at, size };
  }
  return best;
}
