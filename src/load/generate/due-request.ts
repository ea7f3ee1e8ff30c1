import type { Phase } from '../../runs/request-table.ts';
import type { Connection, Flight, FlightOwner, OutgoingRequest, Wanted } from '../http/connection.ts';
import type { Exchange } from '../http/exchange.ts';
import type { StreamReading } from '../stream/stream-reading.ts';

const MARKS: Wanted = { body: false, sink: null };
const BODY: Wanted = { body: true, sink: null };

/** What is to be sent, for which moment. */
export interface Due {
  readonly phase: Phase;
  readonly step: number;
  readonly iteration: number;
  /** Ms on the run's clock. */
  readonly intended: number;
  readonly origin: string;
  readonly outgoing: OutgoingRequest;
  /** Rows in it; NaN where they cannot be told. */
  readonly size: number;
  /** Whether the answer's body is looked into. */
  readonly wantBody: boolean;
  /** Reads the answer as it streams; null: it is taken as a whole. */
  readonly reading: StreamReading | null;
}

/** Who is told that a request has ended, exactly once; `exchange` is null for one that was never sent. */
export interface RequestOwner {
  /** See {@link FlightOwner.redirected}. */
  redirected(
    request: DueRequest,
    ...redirect: Parameters<FlightOwner['redirected']>
  ): ReturnType<FlightOwner['redirected']>;
  requestEnded(request: DueRequest, exchange: Exchange | null): void;
}

/** Where a request comes from and goes back to. */
export interface RequestPool {
  /** Its connection is free again. */
  released(connection: Connection): void;
  /** It has ended. */
  ended(request: DueRequest): void;
}

/**
 * A request from the moment it was due, through the wait for a connection and the exchange, to its end. One object for all of it: at
 * 50,000 a second every closure shows. Times are ms on the run's clock.
 */
export class DueRequest implements FlightOwner {
  readonly id: number;
  readonly due: Due;
  readonly dispatched: number;
  acquired = NaN;
  over = false;
  /** Its neighbours among the requests under way, in the sender's care. */
  before: DueRequest | null = null;
  after: DueRequest | null = null;
  readonly #owner: RequestOwner;
  readonly #pool: RequestPool | null;
  #connection: Connection | null = null;
  #flight: Flight | null = null;

  /** @param pool null for a request that is never sent */
  constructor(id: number, due: Due, dispatched: number, owner: RequestOwner, pool: RequestPool | null) {
    this.id = id;
    this.due = due;
    this.dispatched = dispatched;
    this.#owner = owner;
    this.#pool = pool;
  }

  get sent(): boolean {
    return this.#flight !== null;
  }

  send(connection: Connection, now: number): void {
    this.acquired = now;
    this.#connection = connection;
    const { outgoing, wantBody, reading } = this.due;
    this.#flight = connection.send(
      outgoing,
      reading === null ? (wantBody ? BODY : MARKS) : { body: wantBody, sink: reading },
      this,
    );
  }

  /** Ends it in flight. */
  cancel(outcome: 'timeout' | 'interrupted', text: string): void {
    if (this.#flight !== null) this.#connection!.cancel(this.#flight, outcome, text);
  }

  /** Ends it unsent. */
  drop(): void {
    this.#end(null);
  }

  redirected(...redirect: Parameters<FlightOwner['redirected']>): readonly string[] {
    return this.#owner.redirected(this, ...redirect);
  }

  exchangeEnded(exchange: Exchange): void {
    // The next one leaves before this one is judged and written down: bookkeeping must not make it late.
    this.#pool?.released(this.#connection!);
    this.#end(exchange);
  }

  #end(exchange: Exchange | null): void {
    this.over = true;
    this.#pool?.ended(this);
    this.#owner.requestEnded(this, exchange);
  }
}
