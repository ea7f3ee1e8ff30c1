import { parsedJson } from '../plan/json-object.ts';
import { cutShort } from './value-text.ts';

export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

/** What came back for a request, as checks and extractions look at it. Text and JSON are made at most once, and only if looked at. */
export class Answer {
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: AnswerHeaders;
  /** Uncompressed. */
  readonly body: Buffer;
  /** Ms from the intended start. */
  readonly latency: number;
  #text: string | null = null;
  #json: { readonly value: unknown } | null = null;

  constructor(status: number, headers: AnswerHeaders, body: Buffer, latency: number) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.latency = latency;
  }

  /** The body as UTF-8, without a byte order mark. */
  get text(): string {
    this.#text ??= this.body.toString('utf8').replace(/^\ufeff/, '');
    return this.#text;
  }

  /** The body's JSON; undefined where it is none. */
  get json(): unknown {
    this.#json ??= { value: parsedJson(this.text) };
    return this.#json.value;
  }

  /** Several values of one name are joined, as RFC 9110 reads them; undefined where there is none. @param name in lower case */
  header(name: string): string | undefined {
    const value = Object.hasOwn(this.headers, name) ? this.headers[name] : undefined;
    return Array.isArray(value) ? value.join(', ') : value;
  }

  /** The beginning of the body on one line, for sentences. */
  get excerpt(): string {
    if (this.body.length === 0) return 'an empty body';
    const start = cutShort(this.text);
    // A zero byte is never in a text.
    return start.includes('\u0000') || start.includes('\ufffd') ? `${this.body.length} bytes that are not text` : start;
  }
}
