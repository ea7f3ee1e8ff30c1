import { TelemetryError } from './gpu-series.ts';

/** What nvidia-smi goes on telling, by the option or the command that asks for it. */
export type SmiKind = 'query-gpu' | 'compute-apps' | 'dmon' | 'pmon';

/** One line that tells something. */
export interface SmiRow {
  /** Ms since 1970, by this machine's zone: nvidia-smi writes local time without saying which. */
  readonly unixMs: number;
  /** By the column's name in lower case, without its unit; empty where it is not there, or was not told. */
  readonly field: (column: string) => string;
}

interface Header {
  readonly kind: SmiKind;
  readonly columns: readonly string[];
  readonly separator: ',' | ' ';
}

/** `2026/11/24 13:37:28.123` */
const TIMESTAMP = /^(\d{4})\/(\d\d)\/(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d+))?$/;
/** dmon and pmon with `-o DT`: `20261124`, `13:37:28` */
const DATE = /^(\d{4})(\d\d)(\d\d)$/;
const TIME = /^(\d\d):(\d\d):(\d\d)$/;
/** A second is told by the one it lies in: in the mean it is half over. */
const HALF_A_SECOND = 500;
/** Every field of a CSV's header: `memory.used [MiB]`. */
const CSV_NAME = /^[a-z][a-z0-9_.]*( \[[^\]]*\])?$/;
/** `[N/A]`, `[Not Supported]`, `[Unknown Error]` in a CSV, `-` in columns. */
const NOT_TOLD = /^(\[.*\]|-|N\/A|ERR!)$/i;
const HALF_A_DAY = 12 * 3600_000;

/** Reads what nvidia-smi writes, a part at a time: which of its tables it is, and where its columns are, is told by the header. */
export class SmiTable {
  readonly #day: Date;
  #header: Header | null = null;
  #lines = 0;
  #last = Number.NEGATIVE_INFINITY;
  #skipped = 0;
  #firstSkipped = '';

  /** @param unixMs of the day that times without a date are of */
  constructor(unixMs: number) {
    this.#day = new Date(unixMs);
  }

  /** Null until its header was read. */
  get kind(): SmiKind | null {
    return this.#header?.kind ?? null;
  }

  /** Whether the table has one of these columns. */
  has(columns: readonly string[]): boolean {
    return columns.some((column) => this.#header?.columns.includes(column) === true);
  }

  /** What could not be read, as a sentence; null where all could. */
  get trouble(): string | null {
    if (this.#skipped === 0) return null;
    const lines = this.#skipped === 1 ? 'A line' : `${this.#skipped} lines`;
    return `${lines} of the nvidia-smi file could not be read and ${this.#skipped === 1 ? 'was' : 'were'} left out: ${this.#firstSkipped}.`;
  }

  /** @param text whole lines @throws TelemetryError where its header tells no time, or it has none */
  rows(text: string): SmiRow[] {
    return text.split(/\r?\n/).flatMap((line) => {
      this.#lines++;
      if (line.trim() === '') return [];
      const header = headerOf(line);
      if (header === 'units') return [];
      if (header !== null) {
        this.#requireTimes(header);
        this.#header = header;
        return [];
      }
      if (this.#header === null && TIMESTAMP.test(line.split(',')[0]!.trim())) {
        throw new TelemetryError(
          `The nvidia-smi file has no header in line ${this.#lines}. Record it without "noheader".`,
        );
      }
      const row = this.#header === null ? null : this.#row(this.#header, line);
      if (row !== null) return [row];
      this.#skipped++;
      this.#firstSkipped ||= `line ${this.#lines} is "${line.trim().slice(0, 60)}"`;
      return [];
    });
  }

  #requireTimes({ kind, columns }: Header): void {
    if (kind === 'dmon' || kind === 'pmon') {
      if (columns.includes('time')) return;
      throw new TelemetryError(
        `The nvidia-smi file does not tell the time in line ${this.#lines}. Record it with "nvidia-smi ${kind} -o DT".`,
      );
    }
    if (columns.includes('timestamp')) return;
    const option = kind === 'query-gpu' ? '--query-gpu' : '--query-compute-apps';
    throw new TelemetryError(
      `The nvidia-smi file has no column "timestamp" in line ${this.#lines}. Record it with ${option}=timestamp,… --format=csv.`,
    );
  }

  #row(header: Header, line: string): SmiRow | null {
    const field = fieldReader(header, line);
    if (field === null) return null;
    const isStamped = header.columns.includes('timestamp');
    const unixMs = isStamped ? stampOf(field('timestamp')) : this.#momentOf(field);
    if (unixMs === null) return null;
    // A recording of days has millions of rows, of which few are of the run: only what is asked for is taken apart for good.
    let kept: SmiRow['field'] | null = null;
    return {
      unixMs,
      field: (column) => {
        kept ??= fieldReader(header, line);
        return kept?.(column) ?? '';
      },
    };
  }

  /** Of columns of their own for date and time. Without dates a time that falls back by much is of the next day. */
  #momentOf(field: SmiRow['field']): number | null {
    const time = TIME.exec(field('time'));
    if (time === null) return null;
    const date = DATE.exec(field('date'));
    if (date === null && field('date') !== '') return null;
    const [hour, minute, second] = time.slice(1).map(Number) as [number, number, number];
    const [year, month, day] = date?.slice(1).map(Number) ?? [
      this.#day.getFullYear(),
      this.#day.getMonth() + 1,
      this.#day.getDate(),
    ];
    const moment = new Date(year!, month! - 1, day!, hour, minute, second);
    while (date === null && moment.getTime() < this.#last - HALF_A_DAY) moment.setDate(moment.getDate() + 1);
    this.#last = moment.getTime();
    return this.#last + HALF_A_SECOND;
  }
}

/** `units`: the line below a header of dmon and pmon. */
function headerOf(line: string): Header | 'units' | null {
  const text = line.trim();
  if (text.startsWith('#')) {
    const separator = text.includes(',') ? ',' : ' ';
    const names = text
      .slice(1)
      .split(/[\s,]+/)
      .filter((name) => name !== '');
    const columns = names.map((name) => name.toLowerCase());
    if (!columns.includes('gpu')) return 'units';
    return { kind: columns.includes('pid') ? 'pmon' : 'dmon', columns, separator };
  }
  const fields = text.split(',').map((field) => field.trim());
  if (fields.length < 2 || !fields.every((field) => CSV_NAME.test(field))) return null;
  const columns = fields.map((name) => name.replace(/ \[.*\]$/, ''));
  return { kind: columns.includes('pid') ? 'compute-apps' : 'query-gpu', columns, separator: ',' };
}

/** Null where a line has other columns than its header. */
function fieldReader({ columns, separator }: Header, line: string): SmiRow['field'] | null {
  const fields = fieldsOf(line, columns, separator);
  if (fields.length !== columns.length) return null;
  return (column) => {
    const text = fields[columns.indexOf(column)] ?? '';
    return NOT_TOLD.test(text) ? '' : text;
  };
}

/** The name of a process may hold what separates the columns. */
function fieldsOf(line: string, columns: readonly string[], separator: ',' | ' '): string[] {
  const fields = line
    .trim()
    .split(separator === ',' ? ',' : /\s+/)
    .map((field) => field.trim());
  const name = columns.findIndex((column) => column === 'command' || column === 'process_name' || column === 'name');
  const surplus = fields.length - columns.length;
  if (name < 0 || surplus <= 0) return fields;
  const whole = fields.slice(name, name + surplus + 1).join(separator === ',' ? ', ' : ' ');
  return [...fields.slice(0, name), whole, ...fields.slice(name + surplus + 1)];
}

function stampOf(text: string): number | null {
  const parts = TIMESTAMP.exec(text);
  if (parts === null) return null;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  return new Date(year, month - 1, day, hour, minute, second).getTime() + Number(`0.${parts[7] ?? 0}`) * 1000;
}
