import { createReadStream, createWriteStream, existsSync, type WriteStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { CHUNK_COLUMNS, type ChunkTable, chunksFromRows } from './chunk-table.ts';
import type { FailureExample } from './failure-example.ts';
import type { HealthSample } from './health-sample.ts';
import type { Look } from './look.ts';
import type { Scrape } from './metric-sample.ts';
import {
  DETAIL_COLUMNS,
  joinRows,
  type Phase,
  REQUEST_COLUMNS,
  type RequestTable,
  tableFromRows,
} from './request-table.ts';
import type { LogFacts, MetricsHealth } from './run-document.ts';
import type { SeriesFacts } from './series-facts.ts';

/** Rows as they come, after one line that names their columns: little-endian doubles, so that a torn end costs one row. */
export const REQUEST_LOG = 'requests.log';
/** The chunks of streams, written like the rows; there only where the plan has streams. */
export const CHUNK_LOG = 'chunks.log';
/** What else cannot be had again after a crash, one JSON document a line. */
export const EVENT_LOG = 'events.jsonl';
/** A table is what a concluding run holds in memory, several times over while it is written as Parquet. */
const TABLE_ROWS = 16_384;
/** More than the names of the columns will ever take. */
const HEADER_BYTES = 4096;

export type RunEvent =
  | { readonly type: 'phase'; readonly phase: Phase; readonly start: number }
  /** A group of answers was met; in the rows they are numbered in this order, from 0. */
  | { readonly type: 'group'; readonly name: string }
  | { readonly type: 'failure'; readonly example: FailureExample }
  | { readonly type: 'health'; readonly generator: number; readonly sample: HealthSample }
  /** What a server told of itself; `source` numbers the places that are asked. */
  | { readonly type: 'scrape'; readonly source: number; readonly scrape: Scrape }
  /** What was watched of the target, by the keys of `TARGET_SERIES`; `time` is run time, ms. */
  | { readonly type: 'target'; readonly time: number; readonly figures: Readonly<Record<string, number>> }
  /** Series of an endpoint were met for the first time; its readings number them in this order. */
  | { readonly type: 'series'; readonly source: number; readonly added: readonly SeriesFacts[] }
  /** What they were at one moment, run time in ms; null unknown. */
  | {
      readonly type: 'readings';
      readonly source: number;
      readonly time: number;
      readonly values: readonly (number | null)[];
    }
  | { readonly type: 'metrics-health'; readonly health: readonly MetricsHealth[] }
  /** Lines of a log that told of errors and warnings, read at `time`; `source` numbers the logs. */
  | {
      readonly type: 'log-counts';
      readonly source: number;
      readonly time: number;
      readonly errors: number;
      readonly warnings: number;
    }
  /** Of all logs, so far. */
  | { readonly type: 'logs'; readonly logs: readonly LogFacts[] }
  | { readonly type: 'aborted'; readonly sentence: string }
  | { readonly type: 'look'; readonly look: Look }
  | {
      readonly type: 'done';
      readonly sendingEnd: number;
      readonly end: number;
      readonly planned: Readonly<Record<Phase, number>> | null;
    };

/** The append-only record of a run in progress. */
export class RunLog {
  readonly #requests: WriteStream;
  readonly #chunks: WriteStream | null;
  readonly #events: WriteStream;
  #failure: Error | null = null;

  /**
   * @param details whether the rows of requests come with details @param chunks whether there are chunks of streams
   * @param failed told once where a file cannot be written: what is logged from then on is lost
   */
  constructor(
    folder: string,
    { details, chunks }: { readonly details: boolean; readonly chunks: boolean },
    failed: () => void = () => {},
  ) {
    this.#requests = numberLog(`${folder}/${REQUEST_LOG}`, [...REQUEST_COLUMNS, ...(details ? DETAIL_COLUMNS : [])]);
    this.#chunks = chunks ? numberLog(`${folder}/${CHUNK_LOG}`, CHUNK_COLUMNS) : null;
    this.#events = createWriteStream(`${folder}/${EVENT_LOG}`, { flags: 'a' });
    for (const stream of this.#streams) {
      stream.on('error', ({ message }) => {
        if (this.#failure !== null) return;
        this.#failure = new Error(`${String(stream.path)} could not be written, so the load was ended: ${message}.`);
        failed();
      });
    }
  }

  /** @param details of as many requests; null where the run keeps none */
  rows(rows: Float64Array, details: Float64Array | null): void {
    write(this.#requests, details === null ? rows : joinRows(rows, details));
  }

  chunks(chunks: Float64Array): void {
    if (this.#chunks !== null) write(this.#chunks, chunks);
  }

  event(event: RunEvent): void {
    this.#events.write(`${JSON.stringify(event)}\n`);
  }

  /** Rejects with a sentence where a file could not be written. */
  async close(): Promise<void> {
    for (const stream of this.#streams) stream.end();
    await Promise.allSettled(this.#streams.map((stream) => finished(stream)));
    if (this.#failure !== null) throw this.#failure;
  }

  get #streams(): WriteStream[] {
    return [this.#requests, this.#events, ...(this.#chunks === null ? [] : [this.#chunks])];
  }
}

function numberLog(file: string, columns: readonly string[]): WriteStream {
  const log = createWriteStream(file, { flags: 'a' });
  log.write(`${JSON.stringify({ columns, type: 'float64le' })}\n`);
  return log;
}

function write(log: WriteStream, rows: Float64Array): void {
  if (rows.length > 0) log.write(Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength));
}

/** Reads the requests that were logged, however far it came, in tables of at most {@link TABLE_ROWS} rows. */
export async function* readRequestLog(folder: string): AsyncGenerator<RequestTable, void, undefined> {
  for await (const { rows, columns } of readNumberLog(`${folder}/${REQUEST_LOG}`)) yield tableFromRows(rows, columns);
}

/** Reads the chunks that were logged in the same way; nothing where the run has no streams. */
export async function* readChunkLog(folder: string): AsyncGenerator<ChunkTable, void, undefined> {
  const file = `${folder}/${CHUNK_LOG}`;
  if (!existsSync(file)) return;
  for await (const { rows, columns } of readNumberLog(file)) yield chunksFromRows(rows, columns);
}

/** What is yielded is overwritten when the next is asked for. */
async function* readNumberLog(
  file: string,
): AsyncGenerator<{ readonly rows: Float64Array; readonly columns: readonly string[] }, void, undefined> {
  const handle = await open(file);
  try {
    const head = Buffer.alloc(HEADER_BYTES);
    const { bytesRead } = await handle.read(head, 0, HEADER_BYTES, 0);
    const line = head.subarray(0, bytesRead).indexOf(10);
    if (line < 0) return;
    const { columns } = JSON.parse(head.toString('utf8', 0, line)) as { columns: readonly string[] };
    const rowBytes = columns.length * 8;
    // Floats begin at a multiple of 8 in memory, which they need not do in the file: they are read into a buffer of their own.
    const rows = new Float64Array(TABLE_ROWS * columns.length);
    const bytes = new Uint8Array(rows.buffer);
    for (let position = line + 1; ; ) {
      const count = await fill(handle, bytes, position);
      const whole = Math.floor(count / rowBytes);
      if (whole === 0) return;
      yield { rows: rows.subarray(0, whole * columns.length), columns };
      position += whole * rowBytes;
    }
  } finally {
    await handle.close();
  }
}

/** Reads on until the buffer is full or the file ends: one read may bring less. */
async function fill(handle: FileHandle, bytes: Uint8Array, position: number): Promise<number> {
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, position + filled);
    if (bytesRead === 0) break;
    filled += bytesRead;
  }
  return filled;
}

/** Reads what else was logged; nothing where there is no such log. Rejects where it cannot be read. */
export async function readEventLog(folder: string): Promise<RunEvent[]> {
  const events: RunEvent[] = [];
  try {
    for await (const line of linesOf(`${folder}/${EVENT_LOG}`)) {
      try {
        events.push(JSON.parse(line) as RunEvent);
      } catch {
        // A torn last line is what a crash leaves.
      }
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return events;
}

/** What ends with a line feed, and what comes after the last: a text may hold what else separates lines. The log of a day fills no string. */
async function* linesOf(file: string): AsyncGenerator<string, void, undefined> {
  let rest = '';
  for await (const part of createReadStream(file, 'utf8') as AsyncIterable<string>) {
    const lines = (rest + part).split('\n');
    rest = lines.pop()!;
    yield* lines;
  }
  yield rest;
}
