import type { ChunkTable } from '../../runs/chunk-table.ts';
import { isAnswered, OK, type RequestTable } from '../../runs/request-table.ts';
import { BucketTimes } from './bucket-times.ts';
import { Buckets } from './buckets.ts';
import { ttftAt } from './stream-marks.ts';

/** What is told of the streams of one bucket; times in ms, null without support. */
export interface StreamTimeBucket {
  readonly ttftP50: number | null;
  readonly ttftP95: number | null;
  readonly ttftP99: number | null;
  readonly gapP50: number | null;
  readonly gapP99: number | null;
  /** Output tokens that came in it, as far as they are known. */
  readonly tokens: number;
}

/**
 * A run's answered streams in {@link Buckets} of time. The time to the first token belongs to the bucket in which the request was due, a
 * gap to that in which it ended. A chunk's tokens are those the server says are in it, else its answer's part by the number of chunks.
 */
export class StreamOverTime {
  readonly #buckets: Buckets<StreamBucket>;
  /** By request: output tokens for each of its chunks. */
  readonly #perChunk = new Map<number, number>();
  #tokensKnown = true;
  #some = false;

  /** @param start run time, ms @param width of the first buckets, ms */
  constructor(start: number, width: number) {
    this.#buckets = new Buckets(start, width, () => new StreamBucket());
  }

  /** A stream that has ended, before its chunks. */
  add(table: RequestTable, row: number): void {
    if (!isAnswered(table.outcome[row]!)) return;
    const ttft = ttftAt(table, row);
    if (!Number.isNaN(ttft)) this.#buckets.at(table.intended[row]!).ttft.add(ttft);
    const { outputTokens, chunks } = table.details!;
    this.#perChunk.set(table.id[row]!, outputTokens[row]! / chunks[row]!);
  }

  addChunk(chunks: ChunkTable, row: number): void {
    if (!isAnswered(chunks.outcome[row]!)) return;
    const bucket = this.#buckets.at(chunks.at[row]!);
    const gap = chunks.gap[row]!;
    if (!Number.isNaN(gap)) bucket.gaps.add(gap);
    // What was cut off tells no number of tokens, and is in no other figure of them.
    if (chunks.outcome[row] !== OK) return;
    const said = chunks.tokens[row]!;
    const tokens = Number.isNaN(said) ? (this.#perChunk.get(chunks.request[row]!) ?? Number.NaN) : said;
    if (Number.isNaN(tokens)) this.#tokensKnown = false;
    else bucket.tokens += tokens;
    this.#some = true;
  }

  /** No more chunks come of the streams so far. */
  forget(): void {
    this.#perChunk.clear();
  }

  /** Whether the tokens of every chunk are known, and there is one. */
  get tokensKnown(): boolean {
    return this.#tokensKnown && this.#some;
  }

  /** All buckets, the first first. @param width of those they are shown beside, ms */
  buckets(width: number): StreamTimeBucket[] {
    this.#buckets.widen(width);
    return this.#buckets.all.map((bucket) => bucket.told());
  }

  /** The buckets that changed since the last call. @param width of those they are shown beside, ms */
  takeChanges(width: number): (readonly [index: number, bucket: StreamTimeBucket])[] {
    this.#buckets.widen(width);
    return this.#buckets.takeChanged().map(([index, bucket]) => [index, bucket.told()] as const);
  }
}

class StreamBucket {
  tokens = 0;
  readonly ttft = new BucketTimes();
  readonly gaps = new BucketTimes();

  join(next: StreamBucket): void {
    this.tokens += next.tokens;
    this.ttft.join(next.ttft);
    this.gaps.join(next.gaps);
  }

  told(): StreamTimeBucket {
    const [ttft, gap] = [this.ttft.quantiles(), this.gaps.quantiles()];
    return {
      ttftP50: ttft(0.5),
      ttftP95: ttft(0.95),
      ttftP99: ttft(0.99),
      gapP50: gap(0.5),
      gapP99: gap(0.99),
      tokens: this.tokens,
    };
  }
}
