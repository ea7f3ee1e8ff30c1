import type { HealthSample } from '../runs/health-sample.ts';
import { OUTCOMES, type RequestTable } from '../runs/request-table.ts';
import type { LittlesLaw } from '../runs/run-document.ts';
import type { Span } from './shares.ts';

/** What one generator counted between two of its samples, and what its requests say of the same time. */
interface Counted extends Span {
  /** Ms that all requests together were in flight, as counted while they were. */
  readonly flown: number;
  /** By the requests: the time in flight of those that ended, what of it lay before, and what those still in flight had by then. */
  took: number;
  before: number;
  after: number;
  ended: number;
}

const DROPPED = OUTCOMES.indexOf('dropped');
const INTERRUPTED = OUTCOMES.indexOf('interrupted');
/** Of the number in flight; what is counted and what is logged are stamped a moment apart, which is this long at most for a request, ms. */
const TOLERANCE = 0.03;
const MOMENT = 0.3;
/** Of what is due; more that is never sent, and how long it waited is not known. */
const MAY_DROP = 0.01;

/**
 * Mean in flight = rate × mean time in flight, whatever the target does, but for what the ends of the time cut off, which is known. One
 * side is what the generators counted, the other comes from the requests that were logged: where they differ, one of them is wrong.
 */
export class LittlesLawCheck {
  readonly #generators: readonly (Counted | null)[];
  #seen = 0;
  #dropped = 0;

  /** @param samples of health, by generator, in order of time @param span of the measured phase */
  constructor(samples: readonly (readonly HealthSample[])[], span: Span) {
    this.#generators = samples.map((own) => countedIn(own, span));
  }

  /** A request of any phase. */
  add(table: RequestTable, row: number): void {
    const counted = this.#generators[table.id[row]! % Math.max(1, this.#generators.length)];
    if (!counted) return;
    const [dispatched, end] = [table.dispatched[row]!, table.end[row]!];
    if (!(dispatched < counted.end) || end < counted.start) return;
    if (table.outcome[row] === DROPPED) {
      this.#dropped++;
      return;
    }
    if (Number.isNaN(end) && table.outcome[row] !== INTERRUPTED) return;
    this.#seen++;
    if (end <= counted.end) {
      counted.ended++;
      counted.took += end - dispatched;
      counted.before += Math.max(0, counted.start - dispatched);
    } else counted.after += counted.end - Math.max(counted.start, dispatched);
  }

  /** Null where a side of it is not known. */
  result(): LittlesLaw | null {
    const known = this.#generators.filter((counted) => counted !== null);
    if (known.length === 0 || known.length < this.#generators.length || this.#seen === 0) return null;
    if (this.#dropped > MAY_DROP * (this.#seen + this.#dropped)) return null;
    const mean = (time: (counted: Counted) => number): number =>
      known.reduce((sum, counted) => sum + time(counted) / (counted.end - counted.start), 0);
    const inFlight = mean(({ flown }) => flown);
    const within = mean(({ took, before, after }) => took - before + after);
    const allowed = TOLERANCE * Math.max(inFlight, within) + MOMENT * mean(({ ended }) => ended);
    return { inFlight, expected: mean(({ took }) => took), agrees: Math.abs(inFlight - within) <= allowed };
  }
}

/** Between the first and the last sample of the span; null where there are not two that tell. */
function countedIn(samples: readonly HealthSample[], { start, end }: Span): Counted | null {
  const inside = samples.filter(({ at, flown }) => flown !== undefined && at >= start && at <= end);
  const [first, last] = [inside[0], inside.at(-1)];
  if (first === undefined || last === undefined || last.at <= first.at) return null;
  const flown = last.flown! - first.flown!;
  return { start: first.at, end: last.at, flown, took: 0, before: 0, after: 0, ended: 0 };
}
