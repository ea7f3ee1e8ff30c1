import type { Client, Dispatcher } from 'undici';
import type { AnswerSink, Ending } from './answer-sink.ts';
import { type AnswerHeaders, Exchange, type ExchangeOutcome, type RawHeaders } from './exchange.ts';
import { failureOf } from './failure.ts';
import { ReadMoment } from './read-moment.ts';
import type { Transport } from './transport.ts';
import { Unpacking } from './unpacking.ts';

/** Larger answers are counted and not kept; what claims to be JSON and is smaller must parse. */
const KEPT_BODY_BYTES = 256 * 1024;
/** An answer that checks and extractions look into is kept up to this size. */
export const WANTED_BODY_BYTES = 16 * 1024 * 1024;
/** Of a part of an answer, beside the buffer that it was read into. */
const SMALL_BYTES = 8 * 1024;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** A request as it goes out. Headers flat: name, value, name, value. */
export interface OutgoingRequest {
  readonly path: string;
  readonly method: string;
  readonly headers: readonly string[];
  readonly body: Buffer | null;
}

/** Who is told that an exchange is over, and asked where a redirect leads with what. */
export interface FlightOwner {
  /** An answer to `from` set cookies, and what was sent with `headers` is sent to `to` now. @returns the headers for that */
  redirected(from: string, to: string, setCookie: readonly string[], headers: readonly string[]): readonly string[];
  exchangeEnded(exchange: Exchange): void;
}

/** What is wanted of an answer beside its marks. */
export interface Wanted {
  /** Whether its body is looked into. */
  readonly body: boolean;
  /** Reads its body as it comes; null: it is kept until it is whole. */
  readonly sink: AnswerSink | null;
}

/** One connection, opened again when the server closes it. Over HTTP/1.1 it carries one request at a time. */
export class Connection {
  readonly #transport: Transport;
  readonly #origin: string;
  readonly #streams: number;
  readonly #redirects: number;
  readonly #now: () => number;
  readonly #moment: ReadMoment;
  #client: Client;
  #flight: Flight | null = null;
  readonly #midAnswer = (): boolean => this.#flight?.midAnswer === true;

  constructor(transport: Transport, origin: string, streams: number, redirects: number, now: () => number) {
    this.#transport = transport;
    this.#origin = origin;
    this.#streams = streams;
    this.#redirects = redirects;
    this.#now = now;
    this.#moment = new ReadMoment(now);
    this.#client = transport.open(origin, streams, this.#midAnswer);
  }

  /** Sends, and tells the owner exactly once how it ended. */
  send(request: OutgoingRequest, wanted: Wanted, owner: FlightOwner): Flight {
    const flight = new Flight(this.#origin, request, wanted, this.#redirects, this, owner);
    this.#flight = flight;
    flight.dispatch(this.#client);
    return flight;
  }

  now(): number {
    return this.#now();
  }

  /** When what is being handed on was read. */
  readAt(): number {
    return this.#moment.now();
  }

  /** Ends a request in flight; its owner is told before this returns. */
  cancel(flight: Flight, outcome: 'timeout' | 'interrupted' | Ending['outcome'], text: string): void {
    if (this.#streams > 1) {
      // Others are on this connection: only this request is taken back.
      flight.end(outcome, text);
      queueMicrotask(() => flight.abort());
      return;
    }
    // The client is destroyed rather than the request aborted: one that is still connecting cannot be aborted.
    const client = this.#client;
    this.#client = this.#transport.open(this.#origin, this.#streams, this.#midAnswer);
    flight.end(outcome, text);
    // Not before its parser has returned, which may be what called.
    queueMicrotask(() => void client.destroy().catch(() => {}));
  }

  close(): void {
    this.#client.destroy().catch(() => {});
  }
}

/**
 * One request on its way, through its redirects, to its end. It is undici's handler in its first form: the newer one makes two objects
 * more for each answer, and one of all its headers.
 */
export class Flight implements Dispatcher.DispatchHandler {
  readonly #origin: string;
  /** What goes out, or went out last where redirects were followed. */
  #request: OutgoingRequest;
  readonly #wanted: Wanted;
  readonly #connection: Connection;
  readonly #owner: FlightOwner;
  readonly #exchange = new Exchange();
  #redirects: number;
  #client: Client | null = null;
  #abort: ((error?: Error) => void) | null = null;
  #chunks: Buffer[] | null = null;
  #kept = 0;
  #limit = 0;
  #over = false;
  /** Who reads the answer that has begun, and what unpacks it for them. */
  #sink: AnswerSink | null = null;
  #unpacking: Unpacking | null = null;

  constructor(
    origin: string,
    request: OutgoingRequest,
    wanted: Wanted,
    redirects: number,
    connection: Connection,
    owner: FlightOwner,
  ) {
    this.#origin = origin;
    this.#request = request;
    this.#wanted = wanted;
    this.#redirects = redirects;
    this.#connection = connection;
    this.#owner = owner;
  }

  /** Whether an answer has begun to come, is not whole, and is not taken in as it comes. */
  get midAnswer(): boolean {
    return !this.#over && !Number.isNaN(this.#exchange.firstByte) && (this.#sink === null || this.#unpacking !== null);
  }

  dispatch(client: Client): void {
    const { path, method, headers, body } = this.#request;
    this.#client = client;
    // Without the origin undici has the URL make it anew for every request.
    const options = { origin: this.#origin, path, method: method as Dispatcher.HttpMethod, headers, body };
    client.dispatch(options as Dispatcher.DispatchOptions, this);
  }

  /** Ends it from here, unless it was over. */
  end(outcome: ExchangeOutcome, text: string): void {
    if (this.#over) return;
    this.#exchange.outcome = outcome;
    this.#exchange.text = text;
    this.#exchange.end = this.#connection.now();
    this.#finish();
  }

  /** Takes back what was or will be sent of it, without harm to others on the connection. */
  abort(): void {
    this.#abort?.(new Error('No longer wanted.'));
  }

  onConnect(abort: (error?: Error) => void): void {
    this.#abort = abort;
    if (this.#over) this.abort();
    else if (Number.isNaN(this.#exchange.sent)) this.#exchange.sent = this.#connection.now();
  }

  onResponseStarted(): void {
    if (Number.isNaN(this.#exchange.firstByte)) this.#exchange.firstByte = this.#connection.now();
  }

  onHeaders(status: number, headers: RawHeaders): boolean {
    if (this.#over || status < 200) return true;
    const exchange = this.#exchange;
    if (Number.isNaN(exchange.firstByte)) exchange.firstByte = this.#connection.now();
    exchange.status = status;
    exchange.rawHeaders = headers;
    this.#chooseReader(status, exchange);
    if (this.#wanted.body) this.#limit = WANTED_BODY_BYTES;
    else this.#limit = status >= 400 || exchange.isJson ? KEPT_BODY_BYTES : 0;
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (this.#over) return true;
    this.#exchange.bytes += chunk.length;
    if (this.#sink !== null) {
      const at = this.#connection.readAt();
      if (this.#unpacking !== null) this.#unpacking.write(chunk, at);
      else this.#read(this.#sink, chunk, at);
      return true;
    }
    this.#kept += chunk.length;
    if (this.#kept > this.#limit) this.#chunks = null;
    // A copy would be safe and slow: see `ReadInPlace`, which leaves a buffer alone while an answer is not whole.
    else if (this.#chunks === null) this.#chunks = [chunk];
    // A small part would hold all of its buffer.
    else this.#chunks.push(chunk.length < SMALL_BYTES ? Buffer.from(chunk) : chunk);
    return true;
  }

  /** @param trailers over HTTP/2 an object of them, else raw */
  onComplete(trailers: unknown): void {
    if (this.#over) return;
    const exchange = this.#exchange;
    if (trailers !== null && !Array.isArray(trailers)) exchange.trailers = trailers as AnswerHeaders;
    exchange.end = this.#connection.now();
    if (this.#redirects > 0 && REDIRECTS.has(exchange.status) && this.#redirect(exchange)) return;
    if (this.#chunks === null) exchange.unkept = this.#kept;
    else exchange.body = this.#chunks.length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
    // What came last is still to be read.
    if (this.#unpacking !== null) this.#unpacking.end(() => this.#finish());
    else this.#finish();
  }

  onError(error: Error): void {
    if (this.#over) return;
    const { outcome, text } = failureOf(error);
    this.end(outcome, text);
  }

  /** Follows a redirect where it stays on the origin: whether load may go elsewhere was never asked. */
  #redirect(exchange: Exchange): boolean {
    const { status } = exchange;
    const location = exchange.header('location');
    const { path, method, headers: sent, body } = this.#request;
    if (location === undefined || !URL.canParse(location, this.#origin + path)) return false;
    const url = new URL(location, this.#origin + path);
    if (url.origin !== this.#origin) {
      this.end('redirect', `It redirects to ${url.origin}, which is not followed.`);
      return true;
    }
    this.#redirects--;
    exchange.firstByte = NaN;
    this.#chunks = null;
    this.#kept = 0;
    const to = url.pathname + url.search;
    const headers = this.#owner.redirected(path, to, exchange.all('set-cookie'), sent);
    const get = status === 303 || (method === 'POST' && (status === 301 || status === 302));
    this.#request = get
      ? { path: to, method: 'GET', headers: withoutBody(headers), body: null }
      : { path: to, method, headers, body };
    this.dispatch(this.#client!);
    return true;
  }

  /** Of a redirect that is followed nothing is read. */
  #chooseReader(status: number, exchange: Exchange): void {
    const { sink } = this.#wanted;
    if (sink === null || (this.#redirects > 0 && REDIRECTS.has(status))) return;
    if (!sink.begin(status, (name) => exchange.header(name))) return;
    this.#sink = sink;
    const encoding = exchange.header('content-encoding');
    if (encoding !== undefined && encoding !== 'identity') {
      this.#unpacking = new Unpacking(encoding, {
        data: (bytes, at) => this.#read(sink, bytes, at),
        failed: (text) => this.#stop('bad-body', text),
      });
    }
    // They are views of a buffer that is read into again, now that the body is taken in as it comes.
    exchange.rawHeaders = exchange.rawHeaders.map(String);
  }

  #read(sink: AnswerSink, bytes: Buffer, at: number): void {
    if (this.#over) return;
    const ending = sink.data(bytes, at);
    if (ending !== null) this.#stop(ending.outcome, ending.text);
  }

  #stop(outcome: Ending['outcome'], text: string): void {
    if (!this.#over) this.#connection.cancel(this, outcome, text);
  }

  #finish(): void {
    if (this.#over) return;
    this.#over = true;
    this.#unpacking?.close();
    this.#owner.exchangeEnded(this.#exchange);
  }
}

function withoutBody(headers: readonly string[]): string[] {
  return headers.filter((_, index) => !headers[index - (index % 2)]!.startsWith('content-'));
}
