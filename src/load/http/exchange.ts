import { util } from 'undici';

export type ExchangeOutcome =
  | 'ok'
  | 'refused'
  | 'reset'
  | 'timeout'
  | 'bad-body'
  | 'connect'
  | 'redirect'
  | 'interrupted'
  | 'cancelled';

export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** Names and values as they came, one after the other. */
export type RawHeaders = readonly (Buffer | string)[];

/** RFC 8259, and what is built on it (RFC 6839). */
const JSON_TYPE = /^application\/(?:json|[^;]+\+json)\s*(?:;|$)/i;

/** What one request went through. Times are ms on the run's clock, NaN where the moment never came. */
export class Exchange {
  sent = NaN;
  firstByte = NaN;
  end = NaN;
  /** 0 where no answer came. */
  status = 0;
  /** As it came over the wire, still compressed; null where it was not kept. */
  body: Buffer | null = null;
  /** Bytes of a body that was not kept; 0 where there is none, or it was. */
  unkept = 0;
  /** Of the answer's body over the wire, redirects included. */
  bytes = 0;
  /** How the exchange went; what the answer is worth is judged by the step. */
  outcome: ExchangeOutcome = 'ok';
  /** What the socket or undici said, for a failure. */
  text = '';
  rawHeaders: RawHeaders = [];
  /** What came behind the body over HTTP/2, by names in lower case; null where nothing did. */
  trailers: AnswerHeaders | null = null;
  #headers: AnswerHeaders | null = null;

  /** By their names in lower case. Made when first asked for: most answers are not asked. */
  get headers(): AnswerHeaders {
    this.#headers ??= util.parseHeaders(this.rawHeaders as (Buffer | string)[]);
    return this.#headers;
  }

  /** Whether it says that it is one JSON value, which lines of JSON are not. */
  get isJson(): boolean {
    return JSON_TYPE.test(this.header('content-type') ?? '');
  }

  /** @param name in lower case */
  trailer(name: string): string | undefined {
    const value = this.trailers?.[name];
    return Array.isArray(value) ? value[0] : value;
  }

  /** The first header of that name, without making an object of all. @param name in lower case */
  header(name: string): string | undefined {
    const raw = this.rawHeaders;
    for (let at = 0; at + 1 < raw.length; at += 2) {
      if (raw[at]!.length === name.length && raw[at]!.toString().toLowerCase() === name) return raw[at + 1]!.toString();
    }
    return undefined;
  }

  /** All headers of that name. @param name in lower case */
  all(name: string): string[] {
    const raw = this.rawHeaders;
    return raw.flatMap((value, at) =>
      at % 2 === 1 && raw[at - 1]!.toString().toLowerCase() === name ? [value.toString()] : [],
    );
  }
}
