/** Requests of a stretch of time, as far as they tell whether it was disturbed. */
export interface Stretch {
  /** The 95 % interval of a quantile of their latency, ms; null where unsupported. */
  interval(quantile: number): [number, number] | null;
}

/** A profiler that changes a percentile by more than this share of it has changed what it watches. */
const LIMITS = [
  { name: 'p50', quantile: 0.5, most: 0.5 },
  { name: 'p99', quantile: 0.99, most: 0.1 },
] as const;

/**
 * Why findings cannot be trusted: the profiled median is another than the unprofiled one by more than half of it, or the profiled p99
 * lies above the unprofiled one by more than a tenth, surely (by their 95 % intervals). Null where they can, or nothing tells.
 */
export function disturbance(plain: Stretch, profiled: Stretch): string | null {
  for (const { name, quantile, most } of LIMITS) {
    const [before, after] = [plain.interval(quantile), profiled.interval(quantile)];
    if (before === null || after === null) continue;
    const isSlower = after[0] > before[1] * (1 + most);
    const isFaster = name === 'p50' && after[1] < before[0] * (1 - most);
    if (!isSlower && !isFaster) continue;
    const [from, to] = [before, after].map(([low, high]) => `${low.toFixed(1)} to ${high.toFixed(1)} ms`);
    return (
      `Findings are withheld: while it was profiled the target was ${isSlower ? 'slower' : 'faster'} than before, its ${name} ` +
      `was ${to} against ${from} (95 %). A lower rate disturbs less.`
    );
  }
  return null;
}
