import { type CsvError, parse } from 'csv-parse/sync';
import { PlanError } from '../plan/plan-error.ts';

const MOST = 10_000_000;

/**
 * Recorded arrivals from the text of a file: ms from the first of them, ascending, `speed` times as dense as they were recorded.
 *
 * CSV: the first column, under a header or not. JSON lines (`.jsonl`, `.ndjson`, or a text that begins with an object): a time each, or
 * an object with one in `t`, `time` or `timestamp`. A time is a number of seconds from whatever moment, an ISO 8601 date (UTC where it
 * names no zone), or the time since 1970 in ms, µs or ns, told apart by their size.
 *
 * @throws PlanError for what is no time, with its line, and for no times or more than 10,000,000.
 */
export function parseRecordedTimes(text: string, file: string, speed: number): number[] {
  if (!(speed > 0 && speed < Number.POSITIVE_INFINITY)) {
    throw new PlanError(`A speed of ${speed} has no meaning: give a number above 0; 2 replays twice as fast.`);
  }
  const found = new RecordedTimes(file);
  const lines = text.startsWith('\uFEFF') ? text.slice(1) : text;
  if (/\.(jsonl|ndjson)$/i.test(file) || /^\s*\{/.test(lines)) {
    eachLine(lines, (line, number) => found.addJson(line, number));
  } else if (lines.includes('"')) eachQuotedRecord(lines, found);
  else eachLine(lines, (line, number) => found.addCsv(firstColumn(line), number));
  return found.fromFirst(speed);
}

/** Takes the times of a file one by one. */
class RecordedTimes {
  readonly file: string;
  readonly #times: number[] = [];
  #begun = false;
  #ascending = true;

  constructor(file: string) {
    this.file = file;
  }

  addCsv(field: string, line: number): void {
    const time = timeOf(field);
    const header = !this.#begun && time === null && /^[\p{L}_]/u.test(field);
    this.#begun = true;
    if (header && /[;\t|]/.test(field)) {
      throw new PlanError(`${this.file}, line ${line}: separate the columns by commas, with the time in the first.`);
    }
    if (!header) this.#add(time, field, line);
  }

  addJson(text: string, line: number): void {
    this.#add(timeOf(jsonTime(text)), text, line);
  }

  #add(time: number | null, text: string, line: number): void {
    if (time === null) {
      const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
      throw new PlanError(
        `${this.file}, line ${line}: "${shown}" is no time. Give seconds, such as 12.5, or a date such as 2026-01-31T12:00:00Z.`,
      );
    }
    if (this.#times.length === MOST) {
      throw new PlanError(`${this.file} has more than ${MOST.toLocaleString('en')} times: replay a part of it.`);
    }
    if (time < this.#times.at(-1)!) this.#ascending = false;
    this.#times.push(time);
  }

  fromFirst(speed: number): number[] {
    if (this.#times.length === 0) throw new PlanError(`${this.file} has no times: give one a line.`);
    const times = this.#ascending ? this.#times : Array.from(Float64Array.from(this.#times).sort());
    const first = times[0]!;
    return times.map((time) => (time - first) / speed);
  }
}

/** The lines that are not empty, without the space around them, numbered from 1. */
function eachLine(text: string, visit: (line: string, number: number) => void): void {
  let at = 0;
  for (let number = 1; at < text.length; number++) {
    const found = text.indexOf('\n', at);
    const end = found === -1 ? text.length : found;
    const line = text.slice(at, end).trim();
    if (line !== '') visit(line, number);
    at = end + 1;
  }
}

function firstColumn(line: string): string {
  const comma = line.indexOf(',');
  return comma === -1 ? line : line.slice(0, comma).trim();
}

/** Columns in quotes may hold commas and line breaks, which takes a real reader, some ten times slower. */
function eachQuotedRecord(text: string, found: RecordedTimes): void {
  let ended = 0;
  try {
    parse(text, {
      relax_column_count: true,
      on_record: (record: string[], { lines }) => {
        // The reader counts the line a record ends in.
        const field = (record[0] ?? '').trim();
        if (record.length > 1 || field !== '') found.addCsv(field, ended + 1);
        ended = lines;
        return null;
      },
    });
  } catch (error) {
    if (error instanceof PlanError) throw error;
    throw new PlanError(`${found.file} is no CSV: ${(error as CsvError).message}.`);
  }
}

/** What stands for the time in a line of JSON; null where nothing does. */
function jsonTime(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null) return value;
  const fields = value as Readonly<Record<string, unknown>>;
  return fields['t'] ?? fields['time'] ?? fields['timestamp'];
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;

/** Ms since some moment, the same for all times of a file; null for what is no time. */
function timeOf(value: unknown): number | null {
  if (typeof value === 'string') return NUMBER.test(value) ? fromNumber(Number(value)) : fromDate(value);
  return typeof value === 'number' ? fromNumber(value) : null;
}

/** 10¹¹ s are in the year 5138, so that a greater number since 1970 is in ms; likewise for µs and ns. */
function fromNumber(value: number): number | null {
  if (!Number.isFinite(value)) return null;
  if (value > 1e17) return value / 1e6;
  if (value > 1e14) return value / 1000;
  return value > 1e11 ? value : value * 1000;
}

const DATE = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d+))?)?\s*(Z|[+-]\d\d:?\d\d)?)?$/i;

/** ISO 8601. The fraction of the second is read here: `Date` knows whole ms only, and traces are finer. */
function fromDate(text: string): number | null {
  const match = DATE.exec(text);
  if (!match) return null;
  const [, day, minute = '00:00', second = '00', fraction = '0', zone = 'Z'] = match;
  const offset = zone.length === 5 ? `${zone.slice(0, 3)}:${zone.slice(3)}` : zone.toUpperCase();
  const time = Date.parse(`${day}T${minute}:${second}${offset}`);
  return Number.isNaN(time) ? null : time + Number(`0.${fraction}`) * 1000;
}
