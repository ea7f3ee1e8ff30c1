import type { Transform } from 'node:stream';
import zlib from 'node:zlib';

/** Who is told what an answer was before it was compressed. */
export interface UnpackedAnswer {
  /** @param at when what it was unpacked from was read, ms */
  data(bytes: Buffer, at: number): void;
  /** It is damaged, or compressed in a way that is not known. @param text a sentence */
  failed(text: string): void;
}

const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH } = zlib.constants;
const GZIP = { flush: Z_SYNC_FLUSH, finishFlush: Z_SYNC_FLUSH };
const BROTLI = { flush: BROTLI_OPERATION_FLUSH, finishFlush: BROTLI_OPERATION_FLUSH };

/** What is compressed as it streams ends nowhere, so all is unpacked that can be of each part. */
const UNPACKERS: ReadonlyMap<string, () => Transform> = new Map<string, () => Transform>([
  ['gzip', () => zlib.createGunzip(GZIP)],
  ['x-gzip', () => zlib.createGunzip(GZIP)],
  ['deflate', () => zlib.createInflate(GZIP)],
  ['br', () => zlib.createBrotliDecompress(BROTLI)],
]);

/** Unpacks an answer part by part. What comes of a part keeps the time at which it was read: unpacking takes place on other threads. */
export class Unpacking {
  readonly #unpacker: Transform | null;
  readonly #encoding: string;
  readonly #answer: UnpackedAnswer;
  readonly #waiting: { readonly bytes: Buffer; readonly at: number }[] = [];
  #busy = false;
  #at = NaN;
  #ended: (() => void) | null = null;

  /** @param contentEncoding as the header has it */
  constructor(contentEncoding: string, answer: UnpackedAnswer) {
    this.#encoding = contentEncoding.trim().toLowerCase();
    this.#answer = answer;
    this.#unpacker = UNPACKERS.get(this.#encoding)?.() ?? null;
    this.#unpacker?.on('data', (bytes: Buffer) => answer.data(bytes, this.#at));
    this.#unpacker?.on('error', (error) =>
      answer.failed(`The answer says it is ${this.#encoding} and cannot be unpacked: ${error.message}.`),
    );
  }

  write(bytes: Buffer, at: number): void {
    this.#waiting.push({ bytes, at });
    this.#next();
  }

  /** @param done called once all is unpacked */
  end(done: () => void): void {
    this.#ended = done;
    this.#next();
  }

  close(): void {
    this.#waiting.length = 0;
    this.#ended = null;
    this.#unpacker?.destroy();
  }

  #next(): void {
    if (this.#busy) return;
    const part = this.#waiting.shift();
    if (part === undefined) {
      this.#ended?.();
      return;
    }
    this.#at = part.at;
    if (this.#unpacker === null) {
      this.#answer.failed(`The answer is compressed with "${this.#encoding}", which cannot be read here.`);
      return;
    }
    this.#busy = true;
    this.#unpacker.write(part.bytes, () => {
      this.#busy = false;
      this.#next();
    });
  }
}
