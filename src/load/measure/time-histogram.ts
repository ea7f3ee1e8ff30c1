import { build, type Histogram } from 'hdr-histogram-js';
import type { Waits } from '../../runs/run-document.ts';
import { supportFor } from './percentile.ts';

/** Of times in ms, kept as whole µs to three digits: for figures of which a thousandth does not matter, in little memory. */
export class TimeHistogram {
  readonly #histogram: Histogram = newHistogram();

  add(ms: number): void {
    // hdr-histogram-js takes NaN and negative numbers in silence, and its maximum never recovers.
    if (ms >= 0) this.#histogram.recordValue(Math.max(1, Math.round(ms * 1000)));
  }

  /** Ms at quantile `q`; null of nothing. */
  at(q: number): number | null {
    return this.#histogram.totalCount === 0 ? null : this.#histogram.getValueAtPercentile(q * 100) / 1000;
  }

  /** Those that there are enough times for. */
  get percentiles(): Waits {
    const told = (q: number): number | null => (this.#histogram.totalCount < supportFor(q) ? null : this.at(q));
    return { p50: told(0.5), p90: told(0.9), p95: told(0.95), p99: told(0.99) };
  }
}

/** In whole µs. 32 bits a bucket: 8 would wrap in silence at 256. */
export function newHistogram(): Histogram {
  return build({ lowestDiscernibleValue: 1, numberOfSignificantValueDigits: 3, autoResize: true, bitBucketSize: 32 });
}
