/** One point of a distribution: so large a share of the latencies (0–1) is at most `latency`, ms. */
export interface QuantilePoint {
  readonly quantile: number;
  readonly latency: number;
}

/** Of 1 − q, within a power of ten. */
const TAIL_STEPS = [9, 8, 7, 6, 5, 4, 3, 2.5, 2, 1.5, 1] as const;
const DEEPEST = 9;

/** From the lowest up: by twentieths to 0.9, then closer and closer to 1, evenly on a logarithmic axis of 1 − q. */
const QUANTILES: readonly number[] = [
  0.01,
  0.02,
  ...Array.from({ length: 18 }, (_, i) => (i + 1) / 20),
  ...Array.from({ length: DEEPEST }, (_, i) => TAIL_STEPS.map((step) => rounded(1 - step * 10 ** -(i + 2)))).flat(),
];

/** The distribution on quantiles for a logarithmic axis of its tail. @param at ms at a quantile, null where that has no support */
export function distributionOf(at: (q: number) => number | null): QuantilePoint[] {
  return QUANTILES.flatMap((quantile) => {
    const latency = at(quantile);
    return latency === null ? [] : [{ quantile, latency }];
  });
}

/** 1 − 0.01 is to be 0.99, not a hair beside it. */
function rounded(q: number): number {
  return Number(q.toPrecision(12));
}
