/**
 * The smallest n for which both ends of the 95 % order-statistic interval of quantile `q` exist: q^n ≤ 0.025 and (1−q)^n ≤ 0.025.
 * 368 for p99, 3,688 for p99.9. (David and Nagaraja, Order Statistics, §7.1.)
 */
export function supportFor(q: number): number {
  return Math.ceil(Math.log(0.025) / Math.log(Math.max(q, 1 - q)));
}

/** The value at quantile `q` of ascending values (nearest rank), null where there are too few to support it. */
export function percentile(sorted: Float64Array, q: number): number | null {
  if (sorted.length < supportFor(q)) return null;
  return sorted[nearestRank(sorted.length, q)]!;
}

/** The same without regard to support, for the generator's own health; null only of nothing. */
export function plainPercentile(sorted: Float64Array, q: number): number | null {
  return sorted.length === 0 ? null : sorted[nearestRank(sorted.length, q)]!;
}

/**
 * The 95 % interval of quantile `q`: the order statistics between which it lies with that confidence whatever the distribution,
 * for independent values. Null where unsupported.
 */
export function percentileInterval(sorted: Float64Array, q: number): [number, number] | null {
  const n = sorted.length;
  if (n < supportFor(q)) return null;
  const [low, high] = binomialInterval(n, 1 - q);
  return [sorted[Math.max(0, n - 1 - high)]!, sorted[Math.min(n - 1, n - low)]!];
}

function nearestRank(n: number, q: number): number {
  return Math.min(n - 1, Math.max(0, Math.ceil(q * n) - 1));
}

/** Counts [low, high] between which a Binomial(n, p) falls with at least 95 %. */
function binomialInterval(n: number, p: number): [number, number] {
  const mean = n * p;
  const deviation = Math.sqrt(mean * (1 - p));
  // Far from the edges the normal approximation is exact to a fraction of a rank, and the sum below would underflow.
  if (mean > 400 && n - mean > 400) {
    return [Math.floor(mean - 1.96 * deviation), Math.ceil(mean + 1.96 * deviation)];
  }
  let mass = Math.exp(n * Math.log1p(-p));
  let cumulative = mass;
  let low = cumulative > 0.025 ? 0 : -1;
  let count = 0;
  while (cumulative < 0.975 && count < n) {
    mass *= ((n - count) / (count + 1)) * (p / (1 - p));
    count++;
    cumulative += mass;
    if (low < 0 && cumulative > 0.025) low = count;
  }
  return [Math.max(0, low), count];
}
