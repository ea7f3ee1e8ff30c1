import { median } from './median.ts';
import { orderBounds } from './order-bounds.ts';

/** The means of every two values, and each value itself, ascending: Walsh averages. */
function pairMeans(values: readonly number[]): number[] {
  const means = values.flatMap((value, at) => values.slice(at).map((other) => (value + other) / 2));
  return means.sort((a, b) => a - b);
}

/** How many subsets of the ranks 1 … n have each sum, over 2^n. */
function sumChances(n: number): Float64Array {
  let chances = Float64Array.of(1);
  for (let rank = 1; rank <= n; rank++) {
    const next = new Float64Array(chances.length + rank);
    chances.forEach((chance, sum) => {
      next[sum]! += chance / 2;
      next[sum + rank]! += chance / 2;
    });
    chances = next;
  }
  return chances;
}

/** What differences lie around, whatever they are spread like, as long as that is even to both sides (Hodges and Lehmann, 1963). Null of none. */
export function middleDifference(differences: readonly number[]): number | null {
  return median(pairMeans(differences));
}

/**
 * The bounds between which their middle lies, each wrong with a chance of at most `miss`: the exact interval of Wilcoxon's signed ranks
 * (Hollander and Wolfe, Nonparametric Statistical Methods, §3.3). An end that too few differences leave open is infinite.
 */
export function differenceBounds(differences: readonly number[], miss: number): [number, number] {
  return orderBounds(pairMeans(differences), sumChances(differences.length), miss);
}
