import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { hostOf, portOf } from '../../../load/http/this-machine.ts';
import type { ScrapeEndpoint } from './messages.ts';

/** A whole scrape, from the connection to the last byte: servers that take longer are asked by Prometheus with 10 s. */
export const DEADLINE_MS = 5000;
/** What is longer is read at leisure, for each time spent reading so many of doing nothing: who writes it has to wait as well. */
const AT_ONCE_LETTERS = 256 * 1024;
const RESTS = 4;
const LEAST_SPENT_MS = 2;
/** 50,000 series take 5 to 20 MB. */
const MOST_LETTERS = 64 * 1024 * 1024;

/** Why a scrape brought nothing, to stand after the endpoint's name: `answers 404`. */
export class ScrapeError extends Error {
  override readonly name = 'ScrapeError';
}

/** Asks one endpoint again and again over one connection, and hands on its answers as they come. */
export class MetricsFetch {
  readonly #endpoint: ScrapeEndpoint;
  readonly #agent: http.Agent;
  #request: http.ClientRequest | null = null;
  #why: ScrapeError | null = null;

  constructor(endpoint: ScrapeEndpoint) {
    this.#endpoint = endpoint;
    const kept = { keepAlive: true, maxSockets: 1 };
    this.#agent = endpoint.url.startsWith('https:') ? new https.Agent(kept) : new http.Agent(kept);
  }

  /**
   * One scrape. Resolves once the answer has ended, or `each` has said that it needs no more of it. Rejects with a {@link ScrapeError}.
   *
   * @param begun called when the answer has begun: what it tells is of this moment
   * @param each is given the text, piece by piece; true: it is enough
   */
  async ask(begun: () => void, each: (text: string) => boolean): Promise<void> {
    this.#why = null;
    const timer = setTimeout(() => this.cancel(`did not answer in full within ${DEADLINE_MS / 1000} s`), DEADLINE_MS);
    let isWhole = false;
    try {
      const answer = await this.#send().catch((error: NodeJS.ErrnoException) => {
        // A server may close an idle connection just when it is used again.
        const isStale = this.#request?.reusedSocket === true && STALE.has(error.code ?? '');
        if (!isStale || this.#why !== null) throw error;
        return this.#send();
      });
      begun();
      await read(answer, each);
      isWhole = answer.complete;
    } catch (error) {
      throw this.#why ?? (error instanceof ScrapeError ? error : new ScrapeError(reasonOf(error as Error)));
    } finally {
      clearTimeout(timer);
      // What is left of the answer is not waited for.
      if (!isWhole) this.#request?.destroy();
      this.#request = null;
    }
  }

  /** Ends the scrape under way, if there is one. */
  cancel(why: string): void {
    this.#why = new ScrapeError(why);
    this.#request?.destroy(this.#why);
  }

  close(): void {
    this.#agent.destroy();
  }

  #send(): Promise<http.IncomingMessage> {
    const { url, address, socket, tls, headers } = this.#endpoint;
    const { protocol, hostname, port, host, pathname, search } = new URL(url);
    const name = hostOf({ hostname });
    const secure = protocol === 'https:';
    const serverName = tls.serverName ?? name;
    return new Promise((resolve, reject) => {
      const request = (secure ? https : http).request({
        agent: this.#agent,
        path: pathname + search,
        headers: {
          accept: 'text/plain, application/json;q=0.9, */*;q=0.1',
          'user-agent': 'tailflame',
          host,
          ...headers,
        },
        ...(socket === null ? { host: address ?? name, port: portOf({ port, protocol }) } : { socketPath: socket }),
        ...(secure
          ? {
              ...(net.isIP(serverName) === 0 ? { servername: serverName } : {}),
              ...(tls.ca === null ? {} : { ca: tls.ca }),
              ...(tls.cert === null ? {} : { cert: tls.cert }),
              ...(tls.key === null ? {} : { key: tls.key }),
              rejectUnauthorized: tls.verify,
            }
          : {}),
      });
      this.#request = request;
      request.on('response', resolve);
      request.on('error', reject);
      // An answer that breaks off after it was given up would be an error of nobody.
      request.on('close', () => reject(new ScrapeError('broke off its answer')));
      request.end();
      if (this.#why !== null) request.destroy(this.#why);
    });
  }
}

async function read(answer: http.IncomingMessage, each: (text: string) => boolean): Promise<void> {
  const { statusCode = 0, headers } = answer;
  const elsewhere = statusCode >= 300 && statusCode < 400 ? ', which is not followed' : '';
  if (statusCode !== 200) throw new ScrapeError(`answers ${statusCode}${elsewhere}`);
  const coding = headers['content-encoding'];
  if (coding !== undefined && coding !== 'identity')
    throw new ScrapeError(`answers in ${coding.slice(0, 20)}, which was not asked for`);
  let letters = 0;
  let spent = 0;
  answer.setEncoding('utf8');
  for await (const text of answer as AsyncIterable<string>) {
    letters += text.length;
    if (letters > MOST_LETTERS) throw new ScrapeError(`answers with more than ${MOST_LETTERS / 1024 / 1024} MB`);
    const before = performance.now();
    if (each(text)) return;
    spent += performance.now() - before;
    if (letters < AT_ONCE_LETTERS || spent < LEAST_SPENT_MS) continue;
    await sleep(spent * RESTS);
    spent = 0;
  }
}

const STALE: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refuses connections',
  ECONNRESET: 'broke off its answer',
  EPIPE: 'broke off its answer',
  ENOENT: 'is not there',
  ENOTFOUND: 'has a host that is not known',
  ETIMEDOUT: 'cannot be reached',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
  HPE_HEADER_OVERFLOW: 'answers with headers that are too long',
};

function reasonOf(error: NodeJS.ErrnoException): string {
  const code = error.code ?? '';
  if (code.startsWith('HPE_') && REASONS[code] === undefined) return 'does not answer in HTTP';
  // Several addresses were tried.
  const inner = (error as { readonly errors?: readonly NodeJS.ErrnoException[] }).errors?.[0];
  return REASONS[code] ?? (inner === undefined ? `cannot be asked: ${error.message}` : reasonOf(inner));
}
