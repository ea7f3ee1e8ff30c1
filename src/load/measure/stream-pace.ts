import type { RequestTable } from '../../runs/request-table.ts';
import { TimeHistogram } from './time-histogram.ts';

/**
 * How long a stream takes when nothing is in its way. Streams differ in length by what was asked, so the fast decile of whole answers would
 * be the time of the shortest, and a pool sized by it too small for all others: it is made of the parts instead.
 */
export class StreamPace {
  /** Of connection to first content, and of one chunk to the next, ms. */
  readonly #first = new TimeHistogram();
  readonly #step = new TimeHistogram();
  readonly #lengths = new TimeHistogram();
  #gaps = 0;
  #count = 0;

  /** An answered stream. */
  add({ details, acquired }: RequestTable, row: number): void {
    if (details === null || !(details.chunks[row]! > 0)) return;
    const gaps = details.chunks[row]! - 1;
    this.#first.add(details.firstContent[row]! - acquired[row]!);
    if (gaps > 0) this.#step.add((details.lastContent[row]! - details.firstContent[row]!) / gaps);
    this.#lengths.add(details.chunks[row]!);
    this.#gaps += gaps;
    this.#count++;
  }

  /**
   * Ms that a stream of mean length takes: the fast decile to its first content, and of each step after it. No more than the preflight
   * took, scaled from a short stream to a mean one: a server that is overloaded from the first moment on has no fast parts, and would be
   * excused for want of connections. Null where no stream had content.
   * @param preflight ms; NaN where the step was not tried
   */
  unloaded(preflight: number): number | null {
    const first = this.#first.at(0.1);
    if (first === null) return null;
    const mean = this.#gaps / this.#count;
    const parts = first + mean * (this.#step.at(0.1) ?? 0);
    const longer = Math.max(1, (mean + 1) / this.#lengths.at(0.1)!);
    return Number.isNaN(preflight) ? parts : Math.min(parts, preflight * longer);
  }
}
