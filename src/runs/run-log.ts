import { createWriteStream, type WriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { finished } from 'node:stream/promises';
import { REQUEST_COLUMNS, REQUEST_WIDTH, type RequestTable, tableFromRows } from './request-table.ts';
import type { PhaseSpan } from './run-document.ts';

/** Rows as they come, after one line that names their columns: little-endian doubles, so that a torn end costs one row. */
export const REQUEST_LOG = 'requests.log';
/** What else cannot be had again after a crash, one JSON document a line. */
export const EVENT_LOG = 'events.jsonl';

export type RunEvent =
  | { readonly type: 'phase'; readonly phase: PhaseSpan['phase']; readonly start: number }
  | { readonly type: 'failure'; readonly kind: string; readonly text: string }
  | {
      readonly type: 'done';
      readonly sendingEnd: number;
      readonly end: number;
      readonly planned: Readonly<Record<PhaseSpan['phase'], number>> | null;
    }
  | { readonly type: 'cpu'; readonly phase: PhaseSpan['phase']; readonly cores: number };

/** The append-only record of a run in progress. */
export class RunLog {
  readonly #requests: WriteStream;
  readonly #events: WriteStream;

  constructor(folder: string) {
    this.#requests = createWriteStream(`${folder}/${REQUEST_LOG}`, { flags: 'a' });
    this.#events = createWriteStream(`${folder}/${EVENT_LOG}`, { flags: 'a' });
    this.#requests.write(`${JSON.stringify({ columns: REQUEST_COLUMNS, type: 'float64le' })}\n`);
  }

  rows(rows: Float64Array): void {
    if (rows.length > 0) this.#requests.write(Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength));
  }

  event(event: RunEvent): void {
    this.#events.write(`${JSON.stringify(event)}\n`);
  }

  async close(): Promise<void> {
    this.#requests.end();
    this.#events.end();
    await Promise.all([finished(this.#requests), finished(this.#events)]);
  }
}

/** Reads what was logged, however far it came. */
export async function readRequestLog(folder: string): Promise<RequestTable> {
  const bytes = await readFile(`${folder}/${REQUEST_LOG}`);
  const body = bytes.subarray(bytes.indexOf(10) + 1);
  const count = Math.floor(body.length / 8 / REQUEST_WIDTH) * REQUEST_WIDTH;
  // Copied, since a typed array must begin at a multiple of 8 and the header line has any length.
  const rows = new Float64Array(count);
  Buffer.from(rows.buffer).set(body.subarray(0, count * 8));
  return tableFromRows(rows);
}

export async function readEventLog(folder: string): Promise<RunEvent[]> {
  const text = await readFile(`${folder}/${EVENT_LOG}`, 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as RunEvent];
    } catch {
      // A torn last line is what a crash leaves.
      return [];
    }
  });
}
