import { supportFor } from './percentile.ts';

/** From 1 µs to 1000 s; what lies outside is counted in the first or last bin. */
const DECADES = 9;
const BINS_PER_DECADE = 120;
const BINS_PER_ROW = 6;
const ROWS_PER_DECADE = BINS_PER_DECADE / BINS_PER_ROW;
const BINS = DECADES * BINS_PER_DECADE;

/** Neighbouring rows of a heat map: `counts[i]` lie in row `first + i`, whose edges are `rowEdge(first + i)` and the next. */
export interface LatencyRows {
  readonly first: number;
  readonly counts: readonly number[];
}

/** Ms at which a row of the heat map begins: twenty to a power of ten, evenly spaced on a logarithmic scale. */
export function rowEdge(row: number): number {
  return 10 ** (row / ROWS_PER_DECADE) / 1000;
}

/**
 * Latencies counted in 120 bins to a power of ten, always the same ones, so that several can be added up without a loss. A percentile is
 * told as the middle of its bin and is at most 0.97 % from the exact one. 4.3 kB, however many there are.
 */
export class FineLatencies {
  readonly #bins = new Uint32Array(BINS);
  #count = 0;
  #max = 0;

  get count(): number {
    return this.#count;
  }

  /** Ms, exact; null of nothing. */
  get max(): number | null {
    return this.#count > 0 ? this.#max : null;
  }

  add(ms: number): void {
    const bin = Math.floor(Math.log10(ms * 1000) * BINS_PER_DECADE);
    this.#bins[Math.min(BINS - 1, Math.max(0, bin))]!++;
    this.#count++;
    if (ms > this.#max) this.#max = ms;
  }

  addAll(other: FineLatencies): void {
    for (let bin = 0; bin < BINS; bin++) this.#bins[bin]! += other.#bins[bin]!;
    this.#count += other.#count;
    this.#max = Math.max(this.#max, other.#max);
  }

  /** Ms at quantile `q`, null where there are too few to support it. */
  at(q: number): number | null {
    if (this.#count < supportFor(q)) return null;
    const rank = Math.min(this.#count, Math.max(1, Math.ceil(q * this.#count * (1 - 1e-12))));
    let below = 0;
    for (let bin = 0; bin < BINS; bin++) {
      below += this.#bins[bin]!;
      if (below >= rank) return 10 ** ((bin + 0.5) / BINS_PER_DECADE) / 1000;
    }
    return null;
  }

  /** From the first row that holds something to the last; null of nothing. */
  rows(): LatencyRows | null {
    if (this.#count === 0) return null;
    const first = Math.floor(this.#bins.findIndex((count) => count > 0) / BINS_PER_ROW);
    const last = Math.floor(this.#bins.findLastIndex((count) => count > 0) / BINS_PER_ROW);
    const counts = Array.from({ length: last - first + 1 }, (_, i) => {
      const from = (first + i) * BINS_PER_ROW;
      return this.#bins.subarray(from, from + BINS_PER_ROW).reduce((sum, count) => sum + count, 0);
    });
    return { first, counts };
  }
}
