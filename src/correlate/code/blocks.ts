import type { Span } from '../shares.ts';
import type { Intervals } from '../tail.ts';

/**
 * Of a run. Samples are no measure of chance: V8 writes each down, py-spy as one what it saw several times over, and what a thread stays in
 * for long is seen often without having happened often.
 */
const BLOCKS = 20;
/** Fewer where a block would have fewer requests than this: neighbours that share them differ less than chance has it. */
const REQUESTS_A_BLOCK = 2;
const FEWEST_BLOCKS = 4;

/** Equal parts of a run's time, by which it is told how sure a time for each request or second is. */
export class Blocks {
  readonly count: number;
  readonly #from: number;
  readonly #width: number;

  /** @param span ms @param requests how many there are in it that count */
  constructor({ start, end }: Span, requests = Number.POSITIVE_INFINITY) {
    this.count = Math.min(BLOCKS, Math.max(FEWEST_BLOCKS, Math.floor(requests / REQUESTS_A_BLOCK)));
    this.#from = start;
    this.#width = Math.max(end - start, Number.MIN_VALUE) / this.count;
  }

  /** Of the time from the first request's start to the last one's end. */
  static of({ start, end }: Intervals, requests: number): Blocks {
    const from = start.reduce((first, time) => Math.min(first, time), Number.POSITIVE_INFINITY);
    return new Blocks({ start: from, end: end.reduce((last, time) => Math.max(last, time), from) }, requests);
  }

  /** The block of a moment, that at the edge of one outside. */
  at(time: number): number {
    return Math.max(0, Math.min(this.count - 1, Math.floor((time - this.#from) / this.#width)));
  }

  /** Calls with each block that a stretch of time lies in, and the share of the stretch that does. */
  spread(start: number, end: number, told: (block: number, share: number) => void): void {
    const [first, last] = [this.at(start), this.at(end)];
    for (let block = first; block <= last; block++) {
      const begin = block === first ? start : this.#from + block * this.#width;
      const stop = block === last ? end : this.#from + (block + 1) * this.#width;
      told(block, first === last ? 1 : (stop - begin) / (end - start));
    }
  }

  /** How many requests each has, of those with a 1 in the mask where there is one: of a request that lies in several the part that does. */
  requests({ start, end }: Intervals, mask: Uint8Array | null): number[] {
    const counts = new Array<number>(this.count).fill(0);
    start.forEach((from, row) => {
      if (mask !== null && mask[row] !== 1) return;
      this.spread(from, end[row]!, (block, share) => {
        counts[block]! += share;
      });
    });
    return counts;
  }
}
