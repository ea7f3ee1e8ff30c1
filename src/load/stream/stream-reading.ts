import type { DetailValues } from '../../runs/request-table.ts';
import type { AnswerSink, Ending } from '../http/answer-sink.ts';
import { parsedJson } from '../plan/json-object.ts';
import { readTgiHeaders } from '../scenario/server-timings.ts';
import { cutShort } from '../scenario/value-text.ts';
import { type EventDecoder, JsonLines, ServerSentEvents, type StreamEvent } from './event-decoder.ts';
import { isObject } from './json-value.ts';
import { LARGEST_EVENT_BYTES, StreamFault, tooLarge } from './stream-fault.ts';
import type { EventReader, StreamFormat } from './stream-format.ts';
import { StreamNotes } from './stream-notes.ts';

/** As much of what came as is shown of a stream that failed. */
const SAMPLE_BYTES = 2048;

export interface ReadingOptions {
  /** Whether the answer is put together for checks and extractions. */
  readonly keepsAnswer: boolean;
  /** Whether its texts are kept, to count their tokens. */
  readonly keepsText: boolean;
  /** Tokens, or chunks where tokens are not told, after which it is cut off. */
  readonly enough: number;
}

/** What is wrong with a stream that came to its end. */
export interface StreamTrouble {
  readonly outcome: 'bad-body' | 'stream-error' | 'unterminated';
  /** For a person. */
  readonly text: string;
}

/**
 * Reads one answer as it streams: when its chunks came, what is in them, and whether it is whole. Times are those that come with the
 * bytes. A chunk is an event that has content, reasoning or a call of a tool in it.
 */
export class StreamReading implements AnswerSink {
  readonly #format: StreamFormat;
  readonly #options: ReadingOptions;
  readonly #decoder: EventDecoder;
  readonly #events: EventReader;
  readonly #notes = new StreamNotes();
  readonly #times: number[] = [];
  readonly #tokens: number[] = [];
  readonly #kept: unknown[] = [];
  readonly #texts: string[] = [];
  /** The body where it turned out to be no stream but one JSON value. */
  #whole: Buffer[] | null = null;
  #sample: Buffer[] = [];
  #sampled = 0;
  #began = false;
  #bytes = 0;
  #eventCount = 0;
  #contentType = '';
  #at = NaN;
  #firstVisible = NaN;
  /** Tokens up to here as the server counts them, and whether that counts all that has come. */
  #counted = 0;
  #countsAll = true;
  #progress = 0;
  #fault: string | null = null;
  #settled = false;

  constructor(format: StreamFormat, options: ReadingOptions) {
    const read = (event: StreamEvent): void => this.#read(event);
    this.#format = format;
    this.#options = options;
    this.#decoder = format.framing === 'events' ? new ServerSentEvents(read) : new JsonLines(read);
    this.#events = format.open();
  }

  begin(status: number, header: (name: string) => string | undefined): boolean {
    if (status < 200 || status > 299) return false;
    this.#began = true;
    this.#contentType = header('content-type') ?? '';
    // Where the server knows them before it answers.
    readTgiHeaders(header, this.#notes);
    return true;
  }

  data(bytes: Buffer, at: number): Ending | null {
    this.#at = at;
    this.#keepSample(bytes);
    try {
      this.#push(bytes);
    } catch (error) {
      this.#fault = faultText(error);
      return { outcome: 'bad-body', text: this.#fault };
    }
    return this.#progress >= this.#options.enough ? CANCELLED : null;
  }

  /** Whether the answer's head said that it may be a stream. */
  get began(): boolean {
    return this.#began;
  }

  /** Whether all has come that the answer consists of, though the server may not have ended it. */
  get closed(): boolean {
    return this.#notes.closed && this.#fault === null && this.#notes.error === null;
  }

  /** When each chunk with content was read. */
  get times(): readonly number[] {
    return this.#times;
  }

  /** For each of them the tokens that the server says are in it; NaN where it says nothing. */
  get tokens(): readonly number[] {
    return this.#tokens;
  }

  /** What the model wrote, reasoning and calls included; empty where texts are not kept. */
  get text(): string {
    return this.#texts.join('');
  }

  /** The beginning of what came. */
  get sample(): Buffer {
    return Buffer.concat(this.#sample);
  }

  /** Judges a stream whose answer came to its end. null: it is whole. */
  trouble(): StreamTrouble | null {
    this.#settle();
    const { error, ended } = this.#notes;
    if (this.#fault !== null) return { outcome: 'bad-body', text: this.#fault };
    if (error !== null) return { outcome: 'stream-error', text: `The stream says that it failed: ${cutShort(error)}` };
    const { terminator } = this.#format;
    if (ended || (terminator === null && (this.#eventCount > 0 || this.#bytes === 0))) return null;
    if (this.#eventCount === 0 && this.#bytes > 0 && !this.#contentType.includes('event-stream')) {
      const said = this.#contentType === '' ? 'has no content type' : `says it is ${this.#contentType}`;
      return { outcome: 'bad-body', text: `The answer is no stream: it ${said} and begins with ${this.#excerpt()}` };
    }
    const count = this.#times.length === 1 ? 'one chunk' : `${this.#times.length} chunks`;
    return { outcome: 'unterminated', text: `The stream ended without ${terminator}, after ${count} with content.` };
  }

  /** Fills in what is known, however far it came. */
  fill(details: DetailValues): void {
    if (!this.#began) return;
    const { inputTokens, outputTokens, cachedTokens, serverQueue, serverCompute } = this.#notes;
    details.firstContent = this.#times[0] ?? NaN;
    details.firstVisible = this.#firstVisible;
    details.lastContent = this.#times.at(-1) ?? NaN;
    details.chunks = this.#times.length;
    details.inputTokens = inputTokens;
    details.outputTokens = outputTokens;
    details.cachedTokens = cachedTokens;
    if (!Number.isNaN(serverQueue)) details.serverQueue = serverQueue;
    if (!Number.isNaN(serverCompute)) details.serverCompute = serverCompute;
  }

  /** The answer as the API gives it where it does not stream; of a stream that was cut off, what had come of it. */
  answer(): Buffer {
    if (this.#whole !== null) return Buffer.concat(this.#whole);
    const answer = this.#format.answerOf(this.#kept);
    return Buffer.from(typeof answer === 'string' ? answer : JSON.stringify(answer));
  }

  #push(bytes: Buffer): void {
    let from = 0;
    if (this.#bytes === 0) {
      while (from < bytes.length && isBlank(bytes[from]!)) from++;
      if (from === bytes.length) return;
      if (bytes[from] === OPENING_BRACE && this.#format.whole !== null) this.#whole = [];
    }
    this.#bytes += bytes.length - from;
    if (this.#whole === null) {
      this.#decoder.push(from === 0 ? bytes : bytes.subarray(from));
      return;
    }
    if (this.#bytes > LARGEST_EVENT_BYTES) throw tooLarge('The answer');
    this.#whole.push(Buffer.from(bytes.subarray(from)));
  }

  #read(event: StreamEvent): void {
    const notes = this.#notes;
    this.#eventCount++;
    if (notes.closed) return;
    notes.next();
    const said = this.#events.read(event, notes);
    if (this.#options.keepsAnswer && said !== undefined) {
      if (this.#bytes > LARGEST_EVENT_BYTES) throw new StreamFault(TOO_MUCH);
      this.#kept.push(said);
    }
    this.#note();
  }

  #note(): void {
    const notes = this.#notes;
    const tokens = this.#tokensOf(notes);
    if (!notes.hasContent) return;
    this.#times.push(this.#at);
    this.#tokens.push(tokens);
    if (notes.content !== '' && Number.isNaN(this.#firstVisible)) this.#firstVisible = this.#at;
    if (this.#options.keepsText) this.#texts.push(notes.reasoning, notes.content, notes.toolCall);
    this.#progress += Number.isNaN(tokens) ? 1 : tokens;
  }

  /** What the count grew by, where it counted all that came before: usage at the end alone says nothing of the last chunk. */
  #tokensOf(notes: StreamNotes): number {
    if (!Number.isNaN(notes.tokens)) return notes.tokens;
    if (!notes.counted) {
      this.#countsAll &&= !notes.hasContent;
      return NaN;
    }
    const tokens = this.#countsAll ? notes.outputTokens - this.#counted : NaN;
    this.#counted = notes.outputTokens;
    this.#countsAll = true;
    return tokens;
  }

  /** The answer has come to its end. */
  #settle(): void {
    if (this.#settled) return;
    this.#settled = true;
    try {
      if (this.#whole === null) this.#decoder.end();
      else this.#readWhole();
    } catch (error) {
      this.#fault ??= faultText(error);
    }
  }

  /** A valid answer that was not streamed is a stream of one chunk, which came when it was complete. */
  #readWhole(): void {
    const value = parsedJson(this.answer().toString());
    const notes = this.#notes;
    notes.next();
    if (!isObject(value) || this.#format.whole?.(value, notes) !== true) {
      throw new StreamFault(`A stream was asked for, and no answer of that API came: ${this.#excerpt()}`);
    }
    notes.ended = true;
    this.#note();
  }

  #keepSample(bytes: Buffer): void {
    if (this.#sampled >= SAMPLE_BYTES) return;
    const part = Buffer.from(bytes.subarray(0, SAMPLE_BYTES - this.#sampled));
    this.#sampled += part.length;
    this.#sample.push(part);
  }

  #excerpt(): string {
    return cutShort(this.sample.toString());
  }
}

/** Others than ours are of what cannot be worked on, such as JSON that is nested too deep to be written. */
function faultText(error: unknown): string {
  const { message } = error as Error;
  return error instanceof StreamFault ? message : `The stream cannot be read: ${message}.`;
}

const TOO_MUCH = `The stream has more than ${LARGEST_EVENT_BYTES / 1024 / 1024} MB; checks and extractions look into no more.`;
const CANCELLED: Ending = { outcome: 'cancelled', text: 'It was cut off as the plan wants.' };
const OPENING_BRACE = 0x7b;

/** White space, and the bytes of a byte order mark. */
function isBlank(byte: number): boolean {
  return byte <= 0x20 || byte === 0xef || byte === 0xbb || byte === 0xbf;
}
