import path from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import { mixSeed, seededRandom } from '../arrivals/random.ts';
import { jsonObject } from '../plan/json-object.ts';
import type { Feed } from '../plan/plan.ts';
import { PlanError } from '../plan/plan-error.ts';

/** Values by column. From CSV they are texts; from JSON lines they have their types. */
export type Row = Readonly<Record<string, unknown>>;

export interface FeedRows {
  readonly file: string;
  /** At least one. */
  readonly rows: readonly Row[];
}

/** Gives each iteration its row. */
export interface RowSource {
  /** Whether there comes an iteration that no row is left for. */
  readonly ends: boolean;
  /** @param iteration over all generators, from 0. null: the rows are used up. */
  rowAt(iteration: number): Row | null;
}

const MOST_ROWS = 1_000_000;

/**
 * Reads the text of a feed: JSON lines where the file is named so, else CSV with a header line. Throws a {@link PlanError} that names
 * the file and, where one line is at fault, its number.
 */
export function parseFeed(text: string, file: string): FeedRows {
  const plain = text.replace(/^\ufeff/, '');
  const rows = /\.(jsonl|ndjson)$/i.test(file) ? parseJsonLines(plain, file) : parseCsv(plain, file);
  if (rows.length === 0) throw new PlanError(`${file} has no rows.`);
  if (rows.length > MOST_ROWS)
    throw new PlanError(`${file} has more than ${MOST_ROWS} rows, which is the most of a feed.`);
  return { file, rows };
}

function parseCsv(text: string, file: string): Row[] {
  let columns: string[] = [];
  const header = (names: string[]): string[] => {
    columns = names.map((name) => name.trim());
    return columns;
  };
  let rows: Row[];
  try {
    rows = parse<Row>(text, { columns: header, skip_empty_lines: true, to: MOST_ROWS + 1 });
  } catch (error) {
    if (error instanceof CsvError) throw new PlanError(csvFault(error, file, columns));
    throw error;
  }
  if (columns.includes('')) throw new PlanError(`${file}, line 1: column ${columns.indexOf('') + 1} has no name.`);
  const twice = columns.find((name, at) => columns.indexOf(name) < at);
  if (twice !== undefined) throw new PlanError(`${file}, line 1: two columns are named "${twice}".`);
  return rows;
}

function csvFault(error: CsvError, file: string, columns: readonly string[]): string {
  const where = `${file}, line ${Number(error['lines'])}`;
  switch (error.code) {
    case 'CSV_RECORD_INCONSISTENT_COLUMNS': {
      const count = Array.isArray(error['record']) ? error['record'].length : 'another number of';
      return `${where}: ${count} values, where the header names ${columns.length} columns.`;
    }
    case 'CSV_QUOTE_NOT_CLOSED':
      return `${where}: the file ends inside a quoted value; a " is missing.`;
    case 'INVALID_OPENING_QUOTE':
    case 'CSV_INVALID_CLOSING_QUOTE':
      return `${where}: a " stands where it may not. Put the whole value in quotes, and write "" for a quote inside it.`;
    default:
      return `${where}: not CSV (${error.message}).`;
  }
}

function parseJsonLines(text: string, file: string): Row[] {
  const rows: Row[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length && rows.length <= MOST_ROWS; at++) {
    const line = lines[at]!;
    if (line.trim() === '') continue;
    const row = jsonObject(line);
    if (row === null) {
      throw new PlanError(`${file}, line ${at + 1}: not a JSON object. Write one a line, such as {"name": "value"}.`);
    }
    rows.push(row);
  }
  return rows;
}

/** Gives each iteration its row, from the iteration's number alone, so that any number of generators share the rows out alike. */
export class Feeder implements RowSource {
  readonly ends: boolean;
  readonly #rows: readonly Row[];
  readonly #order: Feed['order'];
  readonly #seed: number;
  #newest: Pass | null = null;
  #older: Pass | null = null;

  constructor({ rows, file }: FeedRows, { order, end }: Pick<Feed, 'order' | 'end'>, seed: number) {
    this.ends = end === 'stop' && order !== 'random';
    this.#rows = rows;
    this.#order = order;
    // Of two feeds with one seed, neither tells which row the other is at. Folders differ between machines, names do not.
    this.#seed = mixSeed(seed, ...Buffer.from(path.basename(file)));
  }

  rowAt(iteration: number): Row | null {
    const count = this.#rows.length;
    if (this.#order === 'random') {
      const drawn = seededRandom(mixSeed(this.#seed, iteration))();
      return this.#rows[Math.floor(drawn * count)]!;
    }
    if (this.ends && iteration >= count) return null;
    const position = iteration % count;
    if (this.#order === 'sequence') return this.#rows[position]!;
    return this.#rows[this.#pass(Math.floor(iteration / count)).at(position)]!;
  }

  /** Two are kept: when one ends, iterations of it and of the next are under way side by side. */
  #pass(number: number): Pass {
    if (this.#newest?.number === number) return this.#newest;
    if (this.#older?.number === number) return this.#older;
    const pass = new Pass(number, this.#rows.length, this.#seed);
    if (this.#newest !== null && number < this.#newest.number) {
      this.#older = pass;
    } else {
      this.#older = this.#newest;
      this.#newest = pass;
    }
    return pass;
  }
}

/**
 * The order of one pass over the rows: a Fisher–Yates shuffle (Durstenfeld, 1964) from the front, which is carried on only as far as it
 * is asked for, so that a new pass over many rows does not hold up what is to be sent.
 */
class Pass {
  readonly number: number;
  readonly #order: Uint32Array;
  readonly #random: () => number;
  #settled = 0;

  constructor(number: number, count: number, seed: number) {
    this.number = number;
    this.#order = new Uint32Array(count);
    for (let at = 0; at < count; at++) this.#order[at] = at;
    this.#random = seededRandom(mixSeed(seed, number));
  }

  at(position: number): number {
    const order = this.#order;
    for (; this.#settled <= position; this.#settled++) {
      const at = this.#settled;
      const drawn = at + Math.floor(this.#random() * (order.length - at));
      const settled = order[drawn]!;
      order[drawn] = order[at]!;
      order[at] = settled;
    }
    return order[position]!;
  }
}
