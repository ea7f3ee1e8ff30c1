import { LineDecoder } from './line-decoder.ts';
import { LARGEST_EVENT_BYTES, tooLarge } from './stream-fault.ts';

/** One event of a stream. */
export interface StreamEvent {
  /** What the server calls it; empty where it has no name. */
  readonly type: string;
  readonly data: string;
}

/** Makes events of bytes as they come. */
export interface EventDecoder {
  /** Keeps nothing of `bytes` but copies. Throws a `StreamFault` for what cannot be read on. */
  push(bytes: Buffer): void;
  /** Nothing follows. */
  end(): void;
}

/**
 * Server-sent events, as WHATWG's HTML (9.2.6) has them read: comments and fields without a meaning are left out, lines of data are joined,
 * an event without data is none, and neither is a last one that no empty line ends.
 */
export class ServerSentEvents implements EventDecoder {
  readonly #event: (event: StreamEvent) => void;
  readonly #lines = new LineDecoder((line) => this.#read(line));
  #type = '';
  #data: string | null = null;

  constructor(event: (event: StreamEvent) => void) {
    this.#event = event;
  }

  push(bytes: Buffer): void {
    this.#lines.push(bytes);
  }

  end(): void {}

  #read(line: string): void {
    if (line === '') {
      this.#dispatch();
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(line.charCodeAt(colon + 1) === 0x20 ? colon + 2 : colon + 1);
    if (name === 'data') this.#add(value);
    else if (name === 'event') this.#type = value;
    else if (name === 'error') {
      // llama.cpp's server says so that it failed. The standard would leave it out, and nobody would know.
      this.#type = 'error';
      this.#add(value);
    }
  }

  #add(value: string): void {
    this.#data = this.#data === null ? value : `${this.#data}\n${value}`;
    if (this.#data.length > LARGEST_EVENT_BYTES) throw tooLarge('An event');
  }

  #dispatch(): void {
    const event = { type: this.#type, data: this.#data };
    this.#type = '';
    this.#data = null;
    if (event.data !== null) this.#event({ type: event.type, data: event.data });
  }
}

/** A line an event; empty lines are none, and the last needs no end. */
export class JsonLines implements EventDecoder {
  readonly #event: (event: StreamEvent) => void;
  readonly #lines = new LineDecoder((line) => this.#read(line));

  constructor(event: (event: StreamEvent) => void) {
    this.#event = event;
  }

  push(bytes: Buffer): void {
    this.#lines.push(bytes);
  }

  end(): void {
    this.#read(this.#lines.rest() ?? '');
  }

  #read(line: string): void {
    if (line.trim() !== '') this.#event({ type: '', data: line });
  }
}
