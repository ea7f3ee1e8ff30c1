import type { Transform } from 'node:stream';
import { damage, encodingsOf, unpackerOf } from './content-encoding.ts';

/** Who is told what an answer was before it was compressed. */
export interface UnpackedAnswer {
  /** @param at when what it was unpacked from was read, ms */
  data(bytes: Buffer, at: number): void;
  /** It is damaged, or compressed in a way that is not known. @param text a sentence */
  failed(text: string): void;
}

/** Unpacks an answer part by part. What comes of a part keeps the time at which it was read: unpacking takes place on other threads. */
export class Unpacking {
  readonly #encodings: readonly string[];
  readonly #answer: UnpackedAnswer;
  /** By encoding, each made with the first bytes it is given. */
  readonly #unpackers: Transform[] = [];
  readonly #waiting: { readonly bytes: Buffer; readonly at: number }[] = [];
  /** Writes to unpackers that are not through. */
  #underWay = 0;
  #at = NaN;
  #ended: (() => void) | null = null;

  /** @param contentEncoding as the header has it */
  constructor(contentEncoding: string, answer: UnpackedAnswer) {
    this.#encodings = encodingsOf(contentEncoding);
    this.#answer = answer;
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
    for (const unpacker of this.#unpackers) unpacker.destroy();
  }

  #next(): void {
    while (this.#underWay === 0) {
      const part = this.#waiting.shift();
      if (part === undefined) {
        this.#ended?.();
        return;
      }
      this.#at = part.at;
      this.#unpack(part.bytes, 0);
    }
  }

  /** @param from how many encodings are undone already */
  #unpack(bytes: Buffer, from: number): void {
    const encoding = this.#encodings[from];
    if (encoding === undefined) {
      this.#answer.data(bytes, this.#at);
      return;
    }
    const unpacker = this.#unpackers[from] ?? this.#open(encoding, bytes, from);
    if (unpacker === null) return;
    this.#underWay++;
    unpacker.write(bytes, (error) => {
      // Its own event tells of it.
      if (error) return;
      this.#underWay--;
      this.#next();
    });
  }

  #open(encoding: string, start: Buffer, from: number): Transform | null {
    let unpacker: Transform;
    try {
      unpacker = unpackerOf(encoding, start);
    } catch (error) {
      this.#answer.failed((error as Error).message);
      return null;
    }
    this.#unpackers.push(unpacker);
    unpacker.on('data', (bytes: Buffer) => this.#unpack(bytes, from + 1));
    unpacker.on('error', (error) => this.#answer.failed(damage(encoding, error)));
    return unpacker;
  }
}
