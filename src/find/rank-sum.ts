import { median } from './median.ts';
import { orderBounds } from './order-bounds.ts';

/** Every value of the second less every one of the first, ascending. */
function shifts(first: readonly number[], second: readonly number[]): number[] {
  return first.flatMap((one) => second.map((other) => other - one)).sort((a, b) => a - b);
}

/** By how much the second lie above the first, whatever they are spread like, as long as both are alike (Hodges and Lehmann, 1963). Null of none. */
export function middleShift(first: readonly number[], second: readonly number[]): number | null {
  return median(shifts(first, second));
}

/**
 * The bounds between which that lies, each wrong with a chance of at most `miss`: the exact interval of the rank sum test (Hollander and
 * Wolfe, Nonparametric Statistical Methods, §4.3). An end that too few values leave open is infinite; 2.5 % to either side take some four of each.
 */
export function shiftBounds(first: readonly number[], second: readonly number[], miss: number): [number, number] {
  return orderBounds(shifts(first, second), rankSumChances(first.length, second.length), miss);
}

/**
 * The chances that so many pairs of one of each stand in order, where all orders are as likely: the coefficients of a Gaussian binomial
 * over their sum.
 */
function rankSumChances(first: number, second: number): Float64Array {
  const counts = new Float64Array(first * second + 1);
  counts[0] = 1;
  for (let part = 1; part <= second; part++) {
    // Times (1 − q^(first + part)), then divided by (1 − q^part).
    for (let at = counts.length - 1; at >= first + part; at--) counts[at]! -= counts[at - first - part]!;
    for (let at = part; at < counts.length; at++) counts[at]! += counts[at - part]!;
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.map((count) => count / total);
}
