/** Of a histogram: how many values are at most `le`. */
export interface Bucket {
  readonly le: number;
  readonly count: number;
}

/**
 * The value at a quantile, taken to be evenly spread within its bucket, as Prometheus' `histogram_quantile` does it (`bucketQuantile` in
 * promql/quantile.go): with rank = q × count, in the first bucket that holds that many, start + (end − start) × (rank − before) / (within).
 * The first bucket begins at 0 unless it ends below it; of the last, which has no end, its beginning is told. NaN where there is no value,
 * no bucket without an end, or but that one.
 *
 * @param buckets in any order
 */
export function histogramQuantile(q: number, buckets: readonly Bucket[]): number {
  const sorted = [...buckets].sort((a, b) => a.le - b.le);
  const last = sorted.at(-1);
  if (last === undefined || last.le !== Number.POSITIVE_INFINITY || sorted.length < 2) return NaN;
  // Counted while requests went on, a bucket may have fewer than a smaller one.
  let most = 0;
  const counts = sorted.map(({ count }) => (most = Math.max(most, count)));
  if (!(most > 0)) return NaN;
  const rank = q * most;
  const at = counts.findIndex((count) => count >= rank);
  if (at === sorted.length - 1) return sorted[at - 1]!.le;
  const end = sorted[at]!.le;
  if (at === 0 && end <= 0) return end;
  const start = at === 0 ? 0 : sorted[at - 1]!.le;
  const before = at === 0 ? 0 : counts[at - 1]!;
  return start + (end - start) * ((rank - before) / (counts[at]! - before));
}
