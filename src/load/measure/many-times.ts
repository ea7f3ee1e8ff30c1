import type { Latency } from '../../runs/run-document.ts';
import { FineLatencies } from './fine-latencies.ts';
import { Floats } from './floats.ts';
import { percentile } from './percentile.ts';

const EXACT = 2_000_000;

/**
 * Times in ms, as many as come: a stream has one for each of its chunks. Percentiles are exact of up to 2 million, which take 16 MB, and
 * within 0.97 % beyond; least, mean and most are always exact.
 */
export class ManyTimes {
  readonly #fine = new FineLatencies();
  readonly #exact: number;
  #kept: Floats | null;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;

  /** @param exact as many are kept at most; 0: none */
  constructor(exact = EXACT) {
    this.#exact = exact;
    this.#kept = exact > 0 ? new Floats() : null;
  }

  get count(): number {
    return this.#fine.count;
  }

  /** What is unknown, NaN, is left out. */
  add(ms: number): void {
    if (Number.isNaN(ms)) return;
    this.#fine.add(ms);
    this.#sum += ms;
    if (ms < this.#min) this.#min = ms;
    this.#kept?.push(ms);
    if (this.#fine.count > this.#exact) this.#kept = null;
  }

  /** Ms by quantile, null where that has no support. What is added later is not in it. */
  quantiles(): (q: number) => number | null {
    const sorted = this.#kept?.values.toSorted() ?? null;
    return (q) => (sorted === null ? this.#fine.at(q) : percentile(sorted, q));
  }

  latency(): Latency {
    const { count, max } = this.#fine;
    const at = this.quantiles();
    const some = count > 0;
    return {
      count,
      min: some ? this.#min : null,
      mean: some ? this.#sum / count : null,
      p50: at(0.5),
      p90: at(0.9),
      p95: at(0.95),
      p99: at(0.99),
      p999: at(0.999),
      max,
    };
  }
}
