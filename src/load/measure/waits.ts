import type { Waits } from '../../runs/run-document.ts';
import { TimeHistogram } from './time-histogram.ts';

/** The percentiles of the latest, the highest first. */
export const TAILS = ['p99', 'p95', 'p90'] as const;

/** The highest percentile that there are enough requests for, ms; null where not even the median has any. */
export function highestTold(waits: Waits): { readonly name: keyof Waits; readonly ms: number } | null {
  for (const name of [...TAILS, 'p50'] as const) {
    const ms = waits[name];
    if (ms !== null && ms !== undefined) return { name, ms };
  }
  return null;
}

/** What requests waited for in Tailflame itself: to be sent, and then for a connection. */
export class RequestWaits {
  readonly #lateness = new TimeHistogram();
  readonly #poolWait = new TimeHistogram();

  /** Moments in ms of one clock; NaN where a request did not get so far. */
  add(intended: number, dispatched: number, acquired: number): void {
    this.#lateness.add(dispatched - intended);
    this.#poolWait.add(acquired - dispatched);
  }

  get lateness(): Waits {
    return this.#lateness.percentiles;
  }

  get poolWait(): Waits {
    return this.#poolWait.percentiles;
  }
}
