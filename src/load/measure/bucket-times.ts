import { FineLatencies, type LatencyRows } from './fine-latencies.ts';
import { percentile } from './percentile.ts';

/** A bucket of no more has exact percentiles. */
const KEPT = 1024;

/** Times in one bucket, ms: exact as long as they are few, within 0.97 % beyond (see {@link FineLatencies}). */
export class BucketTimes {
  /** Made with the first of them: a run that stalls has many empty buckets. */
  #fine: FineLatencies | null = null;
  /** Every one, as long as they are few. */
  #kept: number[] | null = [];

  add(ms: number): void {
    this.#fine ??= new FineLatencies();
    this.#fine.add(ms);
    this.#kept?.push(ms);
    if (this.#fine.count > KEPT) this.#kept = null;
  }

  join(next: BucketTimes): void {
    if (next.#fine === null) return;
    this.#fine ??= new FineLatencies();
    this.#fine.addAll(next.#fine);
    const all = this.#kept !== null && next.#kept !== null ? [...this.#kept, ...next.#kept] : null;
    this.#kept = all !== null && all.length <= KEPT ? all : null;
  }

  /** To a µs by quantile, which is what is looked at and half as long to write; null where that has no support. */
  quantiles(): (q: number) => number | null {
    const sorted = this.#kept === null ? null : Float64Array.from(this.#kept).sort();
    return (q) => thousandths(sorted === null ? (this.#fine?.at(q) ?? null) : percentile(sorted, q));
  }

  /** Null of nothing. */
  rows(): LatencyRows | null {
    return this.#fine?.rows() ?? null;
  }
}

function thousandths(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 1000) / 1000;
}
