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
 * The 95 % interval of quantile `q`: the order statistics between which it lies with that confidence whatever the distribution. Null where
 * unsupported. Of values that are not independent (`clustering` above 1, as `clusteringOf` tells it) as few count as would say as much if
 * they were (Korn and Graubard, Survey Methodology 24, 1998).
 */
export function percentileInterval(sorted: Float64Array, q: number, clustering = 1): [number, number] | null {
  return sorted.length / clustering < supportFor(q) ? null : percentileBounds(sorted, q, 0.95, clustering);
}

/** The same at any confidence; an end that too few values leave open is infinite. */
export function percentileBounds(
  sorted: Float64Array,
  q: number,
  confidence: number,
  clustering = 1,
): [number, number] {
  const n = sorted.length;
  const effective = Math.floor(n / clustering);
  const [low, high] = binomialInterval(effective, 1 - q, confidence).map((count) => (count * n) / effective);
  return [
    sorted[n - 1 - Math.ceil(high!)] ?? Number.NEGATIVE_INFINITY,
    sorted[n - Math.floor(low!)] ?? Number.POSITIVE_INFINITY,
  ];
}

/** Counts [low, high] outside which a Binomial(n, p) falls with at most (1 − confidence) / 2 on either side. Exact. */
export function binomialInterval(n: number, p: number, confidence = 0.95): [number, number] {
  const miss = (1 - confidence) / 2;
  const { first, masses } = binomialMasses(n, p);
  let low = 0;
  for (let below = masses[0]!; below <= miss; below += masses[low]!) low++;
  let high = masses.length - 1;
  for (let above = masses[high]!; above <= miss; above += masses[high]!) high--;
  return [first + low, first + high];
}

/** A mass this much smaller than the largest cannot be seen in a double's sum. */
const NEGLIGIBLE = 1e-20;

/** The probabilities of the counts from `first` on that are not negligible, each from its neighbour, outwards from the likeliest. */
function binomialMasses(n: number, p: number): { first: number; masses: number[] } {
  const mode = Math.min(n, Math.floor((n + 1) * p));
  const below: number[] = [];
  for (let k = mode, mass = 1; k > 0; k--) {
    mass *= (k / (n - k + 1)) * ((1 - p) / p);
    if (mass < NEGLIGIBLE) break;
    below.push(mass);
  }
  const masses = below.toReversed();
  masses.push(1);
  for (let k = mode, mass = 1; k < n; k++) {
    mass *= ((n - k) / (k + 1)) * (p / (1 - p));
    if (mass < NEGLIGIBLE) break;
    masses.push(mass);
  }
  const total = masses.reduce((sum, mass) => sum + mass, 0);
  return { first: mode - below.length, masses: masses.map((mass) => mass / total) };
}

function nearestRank(n: number, q: number): number {
  // 0.07 × 100 is more than 7 in binary, and must not be the 8th.
  return Math.min(n - 1, Math.max(0, Math.ceil(q * n * (1 - 1e-12)) - 1));
}
