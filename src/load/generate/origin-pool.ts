import { Connection } from '../http/connection.ts';
import type { Transport } from '../http/transport.ts';
import type { DueRequest } from './due-request.ts';

export interface PoolOptions {
  readonly connections: number;
  /** Requests at a time on one connection to that origin. */
  readonly streams: (origin: string) => number;
  readonly redirects: number;
  readonly now: () => number;
}

/**
 * The connections to one origin. Due requests take a free one, the last used first (it is warm, in both machines' caches), and wait in
 * order where none is free.
 */
export class OriginPool {
  readonly #all: Connection[];
  /** A connection stands here once for each request it could carry. */
  readonly #free: Connection[] = [];
  readonly #now: () => number;
  #waiting: DueRequest[] = [];
  #waitingFrom = 0;

  constructor(transport: Transport, origin: string, { connections, streams: streamsOf, redirects, now }: PoolOptions) {
    const streams = streamsOf(origin);
    this.#now = now;
    this.#all = Array.from({ length: connections }, () => new Connection(transport, origin, streams, redirects, now));
    for (const connection of this.#all.toReversed()) {
      for (let stream = 0; stream < streams; stream++) this.#free.push(connection);
    }
  }

  deliver(request: DueRequest): void {
    const connection = this.#free.pop();
    // Nothing lies between the two moments.
    if (connection) request.send(connection, request.dispatched);
    else this.#waiting.push(request);
  }

  /** A connection can carry another request. */
  released(connection: Connection): void {
    const next = this.#nextWaiting();
    if (next) next.send(connection, this.#now());
    else this.#free.push(connection);
  }

  /** What waits for a connection is never sent. */
  drop(): void {
    const waiting = this.#waiting.slice(this.#waitingFrom);
    this.#waiting = [];
    this.#waitingFrom = 0;
    for (const request of waiting) if (!request.over) request.drop();
  }

  close(): void {
    for (const connection of this.#all) connection.close();
  }

  #nextWaiting(): DueRequest | undefined {
    for (;;) {
      const request = this.#waiting[this.#waitingFrom];
      if (!request) return undefined;
      this.#waitingFrom++;
      if (this.#waitingFrom > 4096 && this.#waitingFrom * 2 > this.#waiting.length) {
        this.#waiting = this.#waiting.slice(this.#waitingFrom);
        this.#waitingFrom = 0;
      }
      if (!request.over) return request;
    }
  }
}
