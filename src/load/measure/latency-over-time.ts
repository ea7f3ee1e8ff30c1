import { DROPPED, fateOf, isAnswered, OK } from '../../runs/request-table.ts';
import { BucketTimes } from './bucket-times.ts';
import { Buckets } from './buckets.ts';
import type { LatencyRows } from './fine-latencies.ts';

const SHORTEST_MS = 100;
/** Wanted in a bucket where the run is long enough: p95 has support from here on. */
const REQUESTS_WANTED = 72;
const FEWEST_WANTED = 60;
const MOST_WANTED = 300;

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
  // The difference of two moments is a little more or less than the length that was asked for.
  const least = Math.round(length) / Math.min(MOST_WANTED, Math.max(FEWEST_WANTED, filled));
  for (let decade = SHORTEST_MS; ; decade *= 10) {
    const width = [1, 2, 5].map((step) => step * decade).find((candidate) => candidate >= least);
    if (width !== undefined) return width;
  }
}

/**
 * A run's requests in {@link Buckets} of time, whatever the order in which they end. A bucket's percentiles are exact as long as no more
 * than 1,024 requests were answered in it, and within 0.97 % beyond (see {@link BucketTimes}); null where they have no support. At most
 * 8 MB, however long the run.
 *
 * A request belongs to the bucket in which it was due, its answer also to the one in which it came.
 */
export class LatencyOverTime {
  readonly #buckets: Buckets<Bucket>;

  constructor(start: number, width: number) {
    this.#buckets = new Buckets(start, width, () => new Bucket());
  }

  /** Run time at which the first bucket begins, ms. */
  get start(): number {
    return this.#buckets.start;
  }

  /** Ms; only ever doubles. */
  get width(): number {
    return this.#buckets.width;
  }

  /** @param outcome index into `OUTCOMES` @param intended run time, ms @param end NaN of a request that was never sent */
  add(outcome: number, intended: number, end: number): void {
    if (outcome === DROPPED) return;
    if (!Number.isNaN(end)) {
      const ended = this.#buckets.at(end);
      ended.flow--;
      if (isAnswered(outcome)) ended.got++;
    }
    const due = this.#buckets.at(intended);
    if (!Number.isNaN(end)) due.flow++;
    if (outcome === OK) due.latencies.add(end - intended);
    else if (fateOf(outcome) === 'failed') due.failed++;
  }

  /** How many requests are under way at that moment of run time (ms), as those who send them count. */
  underWay(now: number, count: number): void {
    this.#buckets.at(now).underWay = count;
  }

  /** All buckets, the first first. */
  buckets(): TimeBucket[] {
    return this.#buckets.all.map((bucket) => bucket.told());
  }

  /** The buckets that changed since the last call. */
  takeChanges(): TimeChanges {
    const buckets = this.#buckets.takeChanged().map(([index, bucket]) => [index, bucket.told()] as const);
    return { width: this.#buckets.width, buckets };
  }
}

class Bucket {
  got = 0;
  failed = 0;
  flow = 0;
  underWay: number | null = null;
  readonly latencies = new BucketTimes();

  join(next: Bucket): void {
    this.got += next.got;
    this.failed += next.failed;
    this.flow += next.flow;
    this.underWay = next.underWay ?? this.underWay;
    this.latencies.join(next.latencies);
  }

  told(): TimeBucket {
    const { got, failed, flow, underWay, latencies } = this;
    const at = latencies.quantiles();
    return { got, failed, flow, underWay, p50: at(0.5), p95: at(0.95), p99: at(0.99), rows: latencies.rows() };
  }
}
