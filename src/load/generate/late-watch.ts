import type { Due } from './due-request.ts';

/** What is looked at of a request under way; those handed over later follow it. */
export interface WatchedRequest {
  readonly id: number;
  readonly due: Pick<Due, 'phase' | 'intended'>;
  /** Whether it has a connection. */
  readonly sent: boolean;
  readonly after: WatchedRequest | null;
}

/** Whoever is told looks at the target, and less often than that: where it cannot at one moment it may at the next. */
const PAUSE_MS = 100;

/** Notices requests of the profiled phase that are under way for longer than a limit, each once. */
export class LateWatch {
  readonly #limit: number;
  readonly #told = new Set<number>();
  #pausedUntil = Number.NEGATIVE_INFINITY;

  /** @param limit ms from the intended start */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /**
   * When the next request will be late, ms on the run's clock; infinite where none can.
   *
   * @param first of those under way, in the order they were handed over
   */
  next(first: WatchedRequest | null): number {
    const request = this.#candidate(first);
    return request === null
      ? Number.POSITIVE_INFINITY
      : Math.max(this.#pausedUntil, request.due.intended + this.#limit);
  }

  /** A request that is late now and was not told of; null where there is none, or it is too early to tell of another. */
  take(first: WatchedRequest | null, now: number): WatchedRequest | null {
    if (now < this.next(first)) return null;
    const request = this.#candidate(first);
    if (request === null) return null;
    this.#told.add(request.id);
    this.#pausedUntil = now + PAUSE_MS;
    return request;
  }

  /** What waits for a connection has not reached the target, and neither has what was handed over after it. */
  #candidate(first: WatchedRequest | null): WatchedRequest | null {
    let request = first;
    while (request !== null && (request.due.phase !== 'profiled' || this.#told.has(request.id)))
      request = request.after;
    return request?.sent === true ? request : null;
  }
}
