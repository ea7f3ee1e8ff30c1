/** How far the samples' empirical distribution is from `cdf` at most: Kolmogorov and Smirnov's D, of one sample. */
export function ksStatistic(samples: ArrayLike<number>, cdf: (x: number) => number): number {
  const sorted = Float64Array.from(samples).sort();
  const n = sorted.length;
  let worst = 0;
  for (let i = 0; i < n; i++) {
    const expected = cdf(sorted[i]!);
    worst = Math.max(worst, expected - i / n, (i + 1) / n - expected);
  }
  return worst;
}

/**
 * What D exceeds with probability `alpha` where `n` independent samples are of a continuous distribution given beforehand. The limit's
 * leading term, √(−ln(α/2)/2), for samples of any size by Stephens' correction (EDF statistics, 1974); good for α up to 0.2.
 */
export function ksCritical(n: number, alpha: number): number {
  const root = Math.sqrt(n);
  return Math.sqrt(-Math.log(alpha / 2) / 2) / (root + 0.12 + 0.11 / root);
}
