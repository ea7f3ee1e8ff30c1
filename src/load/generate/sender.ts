import type { Phase } from '../runs/request-table.ts';
import { Connection, type Exchange, type PreparedRequest } from './connection.ts';
import type { DueRequest } from './row-batch.ts';

/** Waiting requests beyond this are dropped at once: the server is far behind, and memory is finite. */
const LONGEST_QUEUE = 100_000;

export type Ended = (
  request: DueRequest,
  outcome: Exchange['outcome'] | 'dropped',
  exchange: Exchange | null,
  end: number,
) => void;

/**
 * Gives due requests to free connections, the last used first (it is warm, in both machines' caches), and lets them wait in order
 * where none is free. Every request it is given ends exactly once.
 */
export class Sender {
  readonly #now: () => number;
  readonly #timeout: number;
  readonly #ended: Ended;
  readonly #all: Connection[];
  readonly #free: Connection[];
  readonly #carrying = new Map<DueRequest, Connection>();
  #waiting: DueRequest[] = [];
  #waitingFrom = 0;
  /** In order of their intended start, so that the next to time out stands first. */
  #open: DueRequest[] = [];
  #openFrom = 0;
  #nextId = 0;
  readonly #openByPhase: Record<Phase, number> = { warmup: 0, measured: 0, transition: 0, profiled: 0 };

  constructor(request: PreparedRequest, connections: number, timeout: number, now: () => number, ended: Ended) {
    this.#now = now;
    this.#timeout = timeout;
    this.#ended = ended;
    this.#all = Array.from({ length: connections }, () => new Connection(request, timeout, now));
    this.#free = [...this.#all].reverse();
  }

  /** Requests that are due and not ended. */
  inFlight(phase?: Phase): number {
    if (phase) return this.#openByPhase[phase];
    return Object.values(this.#openByPhase).reduce((sum, count) => sum + count, 0);
  }

  /** A request that was to start at `intended` is to be sent now. */
  due(phase: Phase, intended: number): void {
    const request: DueRequest = {
      id: this.#nextId++,
      phase,
      intended,
      dispatched: this.#now(),
      acquired: NaN,
      over: false,
    };
    this.#openByPhase[phase]++;
    this.#open.push(request);
    const connection = this.#free.pop();
    if (connection) this.#send(connection, request);
    else if (this.#waiting.length - this.#waitingFrom >= LONGEST_QUEUE) this.#end(request, 'dropped', null, NaN);
    else this.#waiting.push(request);
  }

  /** Ends what is older than the timeout. To be called often. */
  expire(): void {
    const oldest = this.#now() - this.#timeout;
    for (;;) {
      const request = this.#open[this.#openFrom];
      if (!request || (!request.over && request.intended > oldest)) break;
      this.#openFrom++;
      if (request.over) continue;
      const connection = this.#carrying.get(request);
      if (connection) connection.cancel('timeout', `No complete answer within ${this.#timeout} ms.`);
      else this.#end(request, 'dropped', null, NaN);
    }
    if (this.#openFrom > 4096 && this.#openFrom * 2 > this.#open.length) {
      this.#open = this.#open.slice(this.#openFrom);
      this.#openFrom = 0;
    }
  }

  /** Ends everything that is still under way: what was sent as interrupted, what was not as dropped. */
  interrupt(): void {
    for (const request of this.#waiting.splice(0).slice(this.#waitingFrom)) {
      if (!request.over) this.#end(request, 'dropped', null, NaN);
    }
    this.#waitingFrom = 0;
    for (const connection of [...this.#carrying.values()]) connection.cancel('interrupted', 'The run ended first.');
  }

  close(): void {
    for (const connection of this.#all) connection.close();
  }

  #send(connection: Connection, request: DueRequest): void {
    request.acquired = this.#now();
    this.#carrying.set(request, connection);
    connection.send((exchange) => {
      this.#carrying.delete(request);
      const next = this.#nextWaiting();
      // The next one leaves before this one is written down: bookkeeping must not make it late.
      if (next) this.#send(connection, next);
      else this.#free.push(connection);
      this.#end(request, exchange.outcome, exchange, exchange.end);
    });
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

  #end(request: DueRequest, outcome: Exchange['outcome'] | 'dropped', exchange: Exchange | null, end: number): void {
    request.over = true;
    this.#openByPhase[request.phase]--;
    this.#ended(request, outcome, exchange, end);
  }
}
