import { isAnswered, OUTCOMES, type RequestTable } from '../../runs/request-table.ts';
import type { Span } from '../shares.ts';

/** Requests over one stretch of a phase. Means are over its whole length. */
export interface RequestWindow extends Span {
  /** Answers that came in it. */
  readonly answered: number;
  /** The latency of the quicker quarter of them, ms from the intended start (of streams to the first content), to 3 %; null where none came. */
  readonly quick: number | null;
  /** Requests that were with the target: sent, and not ended. */
  readonly withTarget: number;
  /** Requests that were due and not sent yet: they waited for one of the load's own connections. */
  readonly unsent: number;
}

/** Latencies are counted in steps of 6 %, from 10 µs to about 3 hours. */
const STEPS_PER_DECADE = 40;
const LEAST_MS = 0.01;
const STEPS = 9 * STEPS_PER_DECADE;
/** Enough to see a load rise and fall, and little memory however long the phase. */
const MOST_WINDOWS = 240;
const FEWEST_WINDOWS = 8;
const USUAL_MS = 1000;

/** Where requests wait for each other the quick ones wait as well; where they differ in what they ask for, the quick ones are as quick as ever. */
export const QUICK = 0.25;

const INTERRUPTED = OUTCOMES.indexOf('interrupted');

/** The windows of one phase, filled from a run's requests as they come out of its log. */
export class RequestWindows {
  readonly #span: Span;
  readonly #width: number;
  readonly #latencies: Uint32Array;
  readonly #withTarget: Float64Array;
  readonly #unsent: Float64Array;
  #streams = false;

  /** @param span of the phase, ms of run time */
  constructor(span: Span) {
    const length = Math.max(0, span.end - span.start);
    const width = Math.max(length / MOST_WINDOWS, Math.min(USUAL_MS, length / FEWEST_WINDOWS));
    const count = length > 0 ? Math.max(1, Math.round(length / width)) : 0;
    this.#span = span;
    this.#width = length / Math.max(1, count);
    this.#latencies = new Uint32Array(count * STEPS);
    this.#withTarget = new Float64Array(count);
    this.#unsent = new Float64Array(count);
  }

  /** A request of any phase: the target does not know which it belongs to. */
  add(table: RequestTable, row: number): void {
    const outcome = table.outcome[row]!;
    const [intended, sent, end] = [table.intended[row]!, table.sent[row]!, table.end[row]!];
    // What has no end was never sent, or under way until there was nothing more to see.
    if (Number.isNaN(end) && outcome !== INTERRUPTED) return;
    const until = Number.isNaN(end) ? Number.POSITIVE_INFINITY : end;
    const left = Number.isNaN(sent) ? until : sent;
    this.#addTime(this.#unsent, intended, left);
    this.#addTime(this.#withTarget, left, until);
    if (!isAnswered(outcome)) return;
    const firstContent = table.details?.firstContent[row] ?? Number.NaN;
    if (!Number.isNaN(firstContent)) this.#streams = true;
    const latency = (Number.isNaN(firstContent) ? end : firstContent) - intended;
    const index = Math.floor((end - this.#span.start) / this.#width);
    if (!(index >= 0 && index < this.#withTarget.length)) return;
    this.#latencies[index * STEPS + stepOf(latency)]!++;
  }

  /** Whether answers came in pieces: then a request is with the target for longer than its latency. */
  get haveStreams(): boolean {
    return this.#streams;
  }

  windows(): RequestWindow[] {
    return Array.from(this.#withTarget, (time, index): RequestWindow => {
      const counts = this.#latencies.subarray(index * STEPS, (index + 1) * STEPS);
      return {
        start: this.#span.start + index * this.#width,
        end: this.#span.start + (index + 1) * this.#width,
        answered: sum(counts),
        quick: quantileOf(counts, QUICK),
        withTarget: time / this.#width,
        unsent: this.#unsent[index]! / this.#width,
      };
    });
  }

  /** Ms, of all answers that came in the chosen windows together; null of none. */
  latency(quantile: number, chosen: (window: number) => boolean = () => true): number | null {
    const counts = new Uint32Array(STEPS);
    for (let index = 0; index < this.#withTarget.length; index++) {
      if (!chosen(index)) continue;
      for (let step = 0; step < STEPS; step++) counts[step]! += this.#latencies[index * STEPS + step]!;
    }
    return quantileOf(counts, quantile);
  }

  #addTime(sums: Float64Array, from: number, to: number): void {
    const { start, end } = this.#span;
    const [first, last] = [Math.max(from, start), Math.min(to, end)];
    if (!(last > first)) return;
    for (let index = Math.floor((first - start) / this.#width); index < sums.length; index++) {
      const begin = start + index * this.#width;
      if (begin >= last) return;
      sums[index]! += Math.min(last, begin + this.#width) - Math.max(first, begin);
    }
  }
}

function stepOf(ms: number): number {
  const step = Math.floor(Math.log10(Math.max(LEAST_MS, ms) / LEAST_MS) * STEPS_PER_DECADE);
  return Math.min(STEPS - 1, step);
}

/** The middle of the step in which it lies. */
function quantileOf(counts: Uint32Array, quantile: number): number | null {
  const rank = Math.max(1, Math.ceil(quantile * sum(counts)));
  let below = 0;
  for (let step = 0; step < STEPS; step++) {
    below += counts[step]!;
    if (below >= rank) return LEAST_MS * 10 ** ((step + 0.5) / STEPS_PER_DECADE);
  }
  return null;
}

function sum(counts: Uint32Array): number {
  return counts.reduce((total, count) => total + count, 0);
}
