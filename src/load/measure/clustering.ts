import { ratioResiduals } from './ratio-residuals.ts';

/** What was seen in one stretch of time. */
export interface Block {
  readonly count: number;
  readonly hits: number;
}

/** Bursts are looked for in values this much more frequent than those beyond a quantile, of which there may be none. */
const KIN = 5;

/** From which quantile on values are kin to those beyond `quantile`, so that their blocks tell whether those come together. */
export function kinQuantile(quantile: number): number {
  return Math.max(0.5, 1 - KIN * (1 - quantile));
}

/** Fewer have no variance to speak of. */
const LEAST_BLOCKS = 4;

/**
 * The variance of the share of hits between blocks of time, over what it would be if requests were independent: the design effect of a
 * ratio estimator (Cochran, Sampling Techniques, §9A). 1 where there is nothing to tell it by.
 */
export function clusteringOf(blocks: readonly Block[]): number {
  const count = blocks.reduce((sum, block) => sum + block.count, 0);
  const hits = blocks.reduce((sum, block) => sum + block.hits, 0);
  const share = hits / count;
  if (blocks.length < LEAST_BLOCKS || !(share > 0 && share < 1)) return 1;
  const residuals = ratioResiduals(
    blocks.map((block) => block.hits),
    blocks.map((block) => block.count),
  );
  const variance = residuals.reduce((sum, residual) => sum + residual ** 2, 0);
  return Math.max(1, variance / ((share * (1 - share)) / count));
}
