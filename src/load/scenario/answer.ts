import zlib from 'node:zlib';
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

const MOST_BYTES = 16 * 1024 * 1024;
const LIMIT = { maxOutputLength: MOST_BYTES };

type Decode = (body: Buffer) => Buffer;

const DECODERS: ReadonlyMap<string, Decode> = new Map<string, Decode>([
  ['identity', (body) => body],
  ['gzip', (body) => zlib.gunzipSync(body, LIMIT)],
  ['x-gzip', (body) => zlib.gunzipSync(body, LIMIT)],
  ['deflate', (body) => (hasZlibHeader(body) ? zlib.inflateSync(body, LIMIT) : zlib.inflateRawSync(body, LIMIT))],
  ['br', (body) => zlib.brotliDecompressSync(body, LIMIT)],
  ...newerDecoders(),
]);

/** Node reads zstd from 22.15 on. */
function newerDecoders(): [string, Decode][] {
  const { zstdDecompressSync } = zlib as { zstdDecompressSync?: (body: Buffer, options: typeof LIMIT) => Buffer };
  return zstdDecompressSync === undefined ? [] : [['zstd', (body) => zstdDecompressSync(body, LIMIT)]];
}

/** Some servers say `deflate` and leave the zlib header (RFC 1950) out. */
function hasZlibHeader(body: Buffer): boolean {
  return body.length >= 2 && (body[0]! & 0x0f) === 8 && body.readUInt16BE(0) % 31 === 0;
}

/**
 * A body as it was before its `Content-Encoding`, at most 16 MB. Throws an Error with a sentence where it is damaged, too large or
 * in an encoding that is not known.
 */
export function decodeBody(body: Buffer, contentEncoding: string | undefined): Buffer {
  if (contentEncoding === undefined || body.length === 0) return body;
  const encodings = contentEncoding.split(',').map((name) => name.trim().toLowerCase());
  // They are named in the order they were applied.
  return encodings.filter((name) => name !== '').reduceRight(decodeOnce, body);
}

/** The text of a body for people: unpacked, and empty where it cannot be. */
export function readableBody(body: Buffer, contentEncoding: string | undefined): string {
  try {
    return decodeBody(body, contentEncoding).toString();
  } catch {
    return '';
  }
}

function decodeOnce(body: Buffer, encoding: string): Buffer {
  const decode = DECODERS.get(encoding);
  if (decode === undefined) throw new Error(`The answer is compressed with "${encoding}", which cannot be read here.`);
  try {
    return decode(body);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      throw new Error(`The answer is larger than ${MOST_BYTES / 1024 / 1024} MB when unpacked.`);
    }
    throw new Error(`The answer says it is ${encoding} and cannot be unpacked: ${(error as Error).message}.`);
  }
}
