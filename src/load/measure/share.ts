import { binomialInterval } from './percentile.ts';

/** `count` of `of`. */
export interface Share {
  readonly count: number;
  readonly of: number;
}

/** Rows from `from` up to, but not with, `to`. */
export interface Rows {
  readonly from: number;
  readonly to: number;
}

/** Both ends' together: a thousandth at the upper one. */
const CONFIDENCE = 0.998;
/** Log-likelihood below the best at which a split is still likely: χ² of one degree of freedom, 95 %. */
const LIKELY = 1.92;

/** How many of the rows are 1. */
export function shareOf(ones: Uint8Array, ...parts: readonly Rows[]): Share {
  let count = 0;
  let of = 0;
  for (const { from, to } of parts) {
    of += to - from;
    for (let row = from; row < to; row++) count += ones[row]!;
  }
  return { count, of };
}

/** 0 of nothing. */
export function ratio({ count, of }: Share): number {
  return of === 0 ? 0 : count / of;
}

/** Whether a share is larger than the usual one by more than `more`, and than chance makes of it once in a thousand times. */
export function isMore(share: Share, usual: Share, more: number): boolean {
  if (ratio(share) <= ratio(usual) + more) return false;
  // Agresti and Coull's estimate: none of sixty is not never.
  const chance = (usual.count + 2) / (usual.of + 4);
  return share.count > binomialInterval(share.of, chance, CONFIDENCE)[1];
}

/**
 * The row from which on the share of ones is larger: the split into two shares that makes them likeliest. `earliest` and `latest` are
 * the first and last row that are not much less likely.
 */
export function splitOf(ones: Uint8Array, { from, to }: Rows): { best: number; earliest: number; latest: number } {
  const total = shareOf(ones, { from, to });
  const likelihoods = new Float64Array(to - from).fill(Number.NEGATIVE_INFINITY);
  let best = from;
  for (let row = from, count = 0; row < to; count += ones[row]!, row++) {
    const before = { count, of: row - from };
    const after = { count: total.count - count, of: to - row };
    if (row > from && ratio(after) <= ratio(before)) continue;
    likelihoods[row - from] = logLikelihood(before) + logLikelihood(after);
    if (likelihoods[row - from]! > likelihoods[best - from]!) best = row;
  }
  const isLikely = (value: number): boolean => value >= likelihoods[best - from]! - LIKELY;
  return { best, earliest: from + likelihoods.findIndex(isLikely), latest: from + likelihoods.findLastIndex(isLikely) };
}

function logLikelihood({ count, of }: Share): number {
  const part = (n: number): number => (n === 0 ? 0 : n * Math.log(n / of));
  return part(count) + part(of - count);
}
