import { OUTCOMES } from '../../runs/request-table.ts';
import { FineLatencies, type LatencyRows } from './fine-latencies.ts';
import { percentile } from './percentile.ts';

const OK = OUTCOMES.indexOf('ok');
const DROPPED = OUTCOMES.indexOf('dropped');
const INTERRUPTED = OUTCOMES.indexOf('interrupted');

export const MOST_BUCKETS = 600;
const SHORTEST_MS = 100;
/** Wanted in a bucket where the run is long enough: p95 has support from here on. */
const REQUESTS_WANTED = 72;
const FEWEST_WANTED = 60;
const MOST_WANTED = 300;
/** A bucket of no more has exact percentiles. */
const KEPT = 1024;

/** What is told of one bucket. */
export interface TimeBucket {
  /** Answers that came in it, whenever they had been asked for. */
  readonly got: number;
  readonly failed: number;
  /** Requests that became due in it less those that ended in it: the sum up to a bucket is under way at its end. */
  readonly flow: number;
  /** What a generator said last in it to be under way; null where none spoke. */
  readonly underWay: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  /** Null where nothing was answered. */
  readonly rows: LatencyRows | null;
}

/** What changed since it was last asked: with another width, everything did. */
export interface TimeChanges {
  readonly width: number;
  readonly buckets: readonly (readonly [index: number, bucket: TimeBucket])[];
}

/**
 * How long a bucket is to be at first, ms: 1, 2 or 5 times a power of ten, from 100 on, so that there are 60 to 300 of them, and no more
 * than leave each enough requests for p95.
 * @param length of the run, ms @param requests expected; null where that is open
 */
export function bucketWidth(length: number, requests: number | null): number {
  const filled = (requests ?? Number.POSITIVE_INFINITY) / REQUESTS_WANTED;
  const least = length / Math.min(MOST_WANTED, Math.max(FEWEST_WANTED, filled));
  for (let decade = SHORTEST_MS; ; decade *= 10) {
    const width = [1, 2, 5].map((step) => step * decade).find((candidate) => candidate >= least);
    if (width !== undefined) return width;
  }
}

/**
 * A run's requests in buckets of time, whatever the order in which they end. There are at most {@link MOST_BUCKETS}: when there would be
 * more they are joined two by two, which loses nothing. A bucket's percentiles are exact as long as no more than 1,024 requests were
 * answered in it, and within 0.97 % beyond (see {@link FineLatencies}); null where they have no support. At most 8 MB, however long the run.
 *
 * A request belongs to the bucket in which it was due, its answer also to the one in which it came.
 */
export class LatencyOverTime {
  /** Run time at which the first bucket begins, ms. */
  readonly start: number;
  #width: number;
  #buckets: Bucket[] = [];
  readonly #changed = new Set<number>();

  constructor(start: number, width: number) {
    this.start = start;
    this.#width = width;
  }

  /** Ms; only ever doubles. */
  get width(): number {
    return this.#width;
  }

  /** @param outcome index into `OUTCOMES` @param intended run time, ms @param end NaN of a request that was never sent */
  add(outcome: number, intended: number, end: number): void {
    if (outcome === DROPPED) return;
    if (!Number.isNaN(end)) {
      const ended = this.#at(end);
      ended.flow--;
      if (outcome === OK) ended.got++;
    }
    const due = this.#at(intended);
    if (!Number.isNaN(end)) due.flow++;
    if (outcome === OK) due.answered(end - intended);
    else if (outcome !== INTERRUPTED) due.failed++;
  }

  /** How many requests are under way at that moment of run time (ms), as those who send them count. */
  underWay(now: number, count: number): void {
    this.#at(now).underWay = count;
  }

  /** All buckets, the first first. */
  buckets(): TimeBucket[] {
    return this.#buckets.map((bucket) => bucket.told());
  }

  /** The buckets that changed since the last call. */
  takeChanges(): TimeChanges {
    const buckets = [...this.#changed].sort((a, b) => a - b).map((i) => [i, this.#buckets[i]!.told()] as const);
    this.#changed.clear();
    return { width: this.#width, buckets };
  }

  #at(time: number): Bucket {
    let index = this.#indexOf(time);
    while (index >= MOST_BUCKETS) {
      this.#join();
      index = this.#indexOf(time);
    }
    while (this.#buckets.length <= index) this.#changed.add(this.#buckets.push(new Bucket()) - 1);
    this.#changed.add(index);
    return this.#buckets[index]!;
  }

  #indexOf(time: number): number {
    return Math.max(0, Math.floor((time - this.start) / this.#width));
  }

  #join(): void {
    this.#width *= 2;
    this.#buckets = this.#buckets.flatMap((bucket, index, all) => {
      if (index % 2 === 1) return [];
      const next = all[index + 1];
      if (next !== undefined) bucket.join(next);
      return [bucket];
    });
    this.#changed.clear();
    for (const index of this.#buckets.keys()) this.#changed.add(index);
  }
}

class Bucket {
  got = 0;
  failed = 0;
  flow = 0;
  underWay: number | null = null;
  /** Made with the first answer: a run that stalls has many empty buckets. */
  #fine: FineLatencies | null = null;
  /** Every latency, as long as they are few. */
  #kept: number[] | null = [];

  answered(ms: number): void {
    this.#fine ??= new FineLatencies();
    this.#fine.add(ms);
    this.#kept?.push(ms);
    if (this.#fine.count > KEPT) this.#kept = null;
  }

  /** Takes in the bucket after this one. */
  join(next: Bucket): void {
    this.got += next.got;
    this.failed += next.failed;
    this.flow += next.flow;
    this.underWay = next.underWay ?? this.underWay;
    if (next.#fine === null) return;
    this.#fine ??= new FineLatencies();
    this.#fine.addAll(next.#fine);
    const all = this.#kept !== null && next.#kept !== null ? [...this.#kept, ...next.#kept] : null;
    this.#kept = all !== null && all.length <= KEPT ? all : null;
  }

  told(): TimeBucket {
    const { got, failed, flow, underWay } = this;
    const sorted = this.#kept === null ? null : Float64Array.from(this.#kept).sort();
    const at = (q: number): number | null =>
      thousandths(sorted === null ? (this.#fine?.at(q) ?? null) : percentile(sorted, q));
    return {
      got,
      failed,
      flow,
      underWay,
      p50: at(0.5),
      p95: at(0.95),
      p99: at(0.99),
      rows: this.#fine?.rows() ?? null,
    };
  }
}

/** A µs is what is looked at, and half as long to write. */
function thousandths(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 1000) / 1000;
}
