import { Client, type Dispatcher } from 'undici';
import { failureOf } from './failure.ts';
import type { RequestTemplate } from './plan.ts';

/** Larger answers are counted and not kept; what claims to be JSON and is smaller must parse. */
const KEPT_BODY_BYTES = 256 * 1024;
const EXAMPLE_CHARACTERS = 500;

/** What one request went through. Times are ms on the run's clock, NaN where the moment never came. */
export interface Exchange {
  sent: number;
  firstByte: number;
  end: number;
  status: number;
  bytes: number;
  outcome: 'ok' | 'refused' | 'reset' | 'timeout' | 'status' | 'bad-body' | 'connect' | 'interrupted';
  /** What the server or the socket said, for a failure. */
  text: string;
}

/** A request made ready once, so that sending it costs nothing but the send. */
export interface PreparedRequest {
  readonly origin: string;
  readonly options: Dispatcher.DispatchOptions;
}

export function prepareRequest(template: RequestTemplate): PreparedRequest {
  const url = new URL(template.url);
  const headers: Record<string, string> = { 'user-agent': 'tailflame', accept: '*/*' };
  if (template.body !== null && looksLikeJson(template.body)) headers['content-type'] = 'application/json';
  if (url.username !== '') {
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers['authorization'] = `Basic ${Buffer.from(credentials).toString('base64')}`;
  }
  for (const [name, value] of Object.entries(template.headers)) headers[name.toLowerCase()] = value;
  return {
    origin: url.origin,
    options: {
      path: url.pathname + url.search,
      method: template.method as Dispatcher.HttpMethod,
      headers: Object.entries(headers).flat(),
      body: template.body === null ? null : Buffer.from(template.body),
    },
  };
}

function looksLikeJson(body: string): boolean {
  try {
    JSON.parse(body);
    return true;
  } catch {
    return false;
  }
}

/** One HTTP/1.1 connection that carries one request at a time and is opened again when the server closes it. */
export class Connection {
  readonly #request: PreparedRequest;
  readonly #connectTimeout: number;
  readonly #now: () => number;
  #client: Client;
  #cancel: ((outcome: 'timeout' | 'interrupted', text: string) => void) | null = null;

  constructor(request: PreparedRequest, connectTimeout: number, now: () => number) {
    this.#request = request;
    this.#connectTimeout = connectTimeout;
    this.#now = now;
    this.#client = this.#open();
  }

  /** Sends, and calls `done` exactly once. The connection is free again when it does. */
  send(done: (exchange: Exchange) => void): void {
    const now = this.#now;
    const exchange: Exchange = { sent: NaN, firstByte: NaN, end: NaN, status: 0, bytes: 0, outcome: 'ok', text: '' };
    let chunks: Buffer[] = [];
    let json = false;
    let over = false;
    const finish = (): void => {
      over = true;
      this.#cancel = null;
      done(exchange);
    };
    this.#cancel = (outcome, text) => {
      exchange.end = now();
      exchange.outcome = outcome;
      exchange.text = text;
      // The client is destroyed rather than the request aborted: one that is still connecting cannot be aborted.
      const client = this.#client;
      this.#client = this.#open();
      client.destroy().catch(() => {});
      finish();
    };
    this.#client.dispatch(this.#request.options, {
      onRequestStart: () => {
        if (!over) exchange.sent = now();
      },
      onResponseStart: (_controller, status, headers) => {
        if (over) return;
        exchange.firstByte = now();
        exchange.status = status;
        json = String(headers['content-type'] ?? '').includes('json') && headers['content-encoding'] === undefined;
      },
      onResponseData: (_controller, chunk) => {
        if (over) return;
        exchange.bytes += chunk.length;
        const wanted = json || exchange.status >= 400;
        if (wanted && exchange.bytes <= KEPT_BODY_BYTES) chunks.push(chunk);
        else chunks = [];
      },
      onResponseEnd: () => {
        if (over) return;
        exchange.end = now();
        judge(exchange, chunks, json);
        finish();
      },
      onResponseError: (_controller, error) => {
        if (over) return;
        exchange.end = now();
        const failure = failureOf(error);
        exchange.outcome = failure.outcome as Exchange['outcome'];
        exchange.text = failure.text;
        finish();
      },
    });
  }

  /** Ends the request in flight, if there is one; its `done` is called before this returns. */
  cancel(outcome: 'timeout' | 'interrupted', text: string): void {
    this.#cancel?.(outcome, text);
  }

  close(): void {
    this.#client.destroy().catch(() => {});
  }

  #open(): Client {
    return new Client(this.#request.origin, {
      pipelining: 1,
      // Our own timeout counts from the intended start; undici's would count from the send.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { timeout: this.#connectTimeout },
      // Servers close idle connections after 5 s (Node, uvicorn): closing first avoids a reset that no server bug caused.
      keepAliveTimeout: 4000,
    });
  }
}

function judge(exchange: Exchange, chunks: Buffer[], json: boolean): void {
  if (exchange.status >= 400) {
    exchange.outcome = 'status';
    exchange.text = `${exchange.status} ${excerpt(chunks)}`.trim();
    return;
  }
  if (!json || chunks.length === 0) return;
  try {
    JSON.parse(Buffer.concat(chunks).toString());
  } catch {
    exchange.outcome = 'bad-body';
    exchange.text = `The answer says it is JSON and is not: ${excerpt(chunks)}`;
  }
}

function excerpt(chunks: Buffer[]): string {
  const text = Buffer.concat(chunks).toString().replace(/\s+/g, ' ').trim();
  return text.length > EXAMPLE_CHARACTERS ? `${text.slice(0, EXAMPLE_CHARACTERS)}…` : text;
}
