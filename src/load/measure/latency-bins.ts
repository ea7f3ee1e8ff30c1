/** Ten to a power of ten, from 1 µs to about 17 minutes. */
const PER_DECADE = 10;
const DECADES = 9;
const FEWEST = 24;

/** Latencies counted on a logarithmic scale, to be looked at while a run goes on. */
export class LatencyBins {
  readonly #counts = new Uint32Array(PER_DECADE * DECADES);

  /** @param micros at least 1 */
  add(micros: number): void {
    const bin = Math.floor(Math.log10(micros) * PER_DECADE);
    this.#counts[Math.min(this.#counts.length - 1, bin)]!++;
  }

  /**
   * All of them together, from the first bin that holds something to the last: `counts[i]` lie between `edges[i]` and `edges[i + 1]`
   * (ms). Null where there are fewer than two dozen, which would look like noise.
   */
  static sum(all: readonly LatencyBins[]): { edges: number[]; counts: number[] } | null {
    const sums = new Float64Array(PER_DECADE * DECADES);
    for (const { counts } of all.map((bins) => ({ counts: bins.#counts }))) {
      for (let bin = 0; bin < sums.length; bin++) sums[bin]! += counts[bin]!;
    }
    if (sums.reduce((sum, count) => sum + count, 0) < FEWEST) return null;
    const first = sums.findIndex((count) => count > 0);
    const last = sums.findLastIndex((count) => count > 0);
    const edges = Array.from({ length: last - first + 2 }, (_, i) => 10 ** ((first + i) / PER_DECADE) / 1000);
    return { edges, counts: [...sums.subarray(first, last + 1)] };
  }
}
