import { traceparent } from '../../runs/attribution.ts';
import type { Transport } from '../http/transport.ts';
import { type Due, DueRequest, type RequestOwner, type RequestPool } from './due-request.ts';
import { OriginPool, type PoolOptions } from './origin-pool.ts';
import { UnderWay } from './under-way.ts';

/** Sends due requests over the pools of their origins, and gives up those that take longer than the timeout. */
export class Sender {
  readonly #transport: Transport;
  readonly #options: PoolOptions;
  readonly #timeout: number;
  readonly #firstId: number;
  readonly #idStep: number;
  readonly #trace: string | null;
  readonly #pools = new Map<string, { readonly pool: OriginPool; readonly tellers: RequestPool }>();
  readonly #underWay = new UnderWay();
  /** Ms that all requests together were under way until the last of them came or went. */
  #flown = 0;
  #changedAt = 0;
  #count = 0;

  /**
   * @param generator which of `generators` this is: ids are unique over all of them
   * @param trace the beginning of the trace ids that requests of the profiled phase carry; null: they carry none
   */
  constructor(
    transport: Transport,
    options: PoolOptions,
    timeout: number,
    { generator, generators, trace }: { generator: number; generators: number; trace: string | null },
  ) {
    this.#transport = transport;
    this.#options = options;
    this.#timeout = timeout;
    this.#firstId = generator;
    this.#idStep = generators;
    this.#trace = trace;
  }

  /** The one under way that was handed over first; those after it follow in that order. */
  get first(): DueRequest | null {
    return this.#underWay.first;
  }

  /** Requests that are due and not ended. */
  get inFlight(): number {
    return this.#underWay.count;
  }

  /** Ms that all requests together have been under way: over time its slope is how many were, in the mean. @param now ms on the run's clock */
  flownUntil(now: number): number {
    this.#flown += this.#underWay.count * (now - this.#changedAt);
    this.#changedAt = now;
    return this.#flown;
  }

  /** The request is to leave now, or as soon as a connection is free. */
  send(due: Due, owner: RequestOwner): void {
    const { pool, tellers } = this.#poolOf(due.origin);
    const now = this.#options.now();
    const id = this.#nextId();
    const sent = this.#trace === null || due.phase !== 'profiled' ? due : traced(due, traceparent(this.#trace, id));
    const request = new DueRequest(id, sent, now, owner, tellers);
    this.flownUntil(now);
    this.#underWay.add(request);
    pool.deliver(request);
  }

  /** A request that is due and cannot be sent. */
  unsent(due: Due, owner: RequestOwner): DueRequest {
    return new DueRequest(this.#nextId(), due, this.#options.now(), owner, null);
  }

  /** Ends what is older than the timeout. To be called often. */
  expire(): void {
    const oldest = this.#options.now() - this.#timeout;
    for (
      let request = this.#underWay.first;
      request && request.due.intended <= oldest;
      request = this.#underWay.first
    ) {
      if (request.sent) request.cancel('timeout', `No complete answer within ${this.#timeout} ms.`);
      else request.drop();
    }
  }

  /** Ends everything that is still under way: what was sent as interrupted, what was not as never sent. */
  interrupt(): void {
    for (const { pool } of this.#pools.values()) pool.drop();
    for (let request = this.#underWay.first; request; request = this.#underWay.first) {
      request.cancel('interrupted', 'The run ended first.');
    }
  }

  close(): void {
    for (const { pool } of this.#pools.values()) pool.close();
  }

  #nextId(): number {
    return this.#firstId + this.#idStep * this.#count++;
  }

  #poolOf(origin: string): { readonly pool: OriginPool; readonly tellers: RequestPool } {
    const known = this.#pools.get(origin);
    if (known) return known;
    const pool = new OriginPool(this.#transport, origin, this.#options);
    const tellers: RequestPool = {
      released: (connection) => pool.released(connection),
      ended: (request) => {
        this.flownUntil(this.#options.now());
        this.#underWay.remove(request);
      },
    };
    const made = { pool, tellers };
    this.#pools.set(origin, made);
    return made;
  }
}

/** A plan that says itself which trace a request belongs to is followed. */
function traced(due: Due, value: string): Due {
  const { outgoing } = due;
  const named = outgoing.headers.some((text, at) => at % 2 === 0 && text.toLowerCase() === 'traceparent');
  return named ? due : { ...due, outgoing: { ...outgoing, headers: [...outgoing.headers, 'traceparent', value] } };
}
