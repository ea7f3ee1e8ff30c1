import {
  DETAIL_COLUMNS,
  type DetailColumn,
  OUTCOMES,
  PHASES,
  REQUEST_COLUMNS,
  type RequestColumn,
} from '../runs/request-table.ts';
import { csvField } from './csv-field.ts';

/** Some of a run's requests by column, such as a `RequestTable`. */
export type RequestColumns = Readonly<Record<RequestColumn, ArrayLike<number>>> & {
  readonly length: number;
  /** Null: none are known of any. */
  readonly details: Readonly<Record<DetailColumn, ArrayLike<number>>> | null;
};

/** Lines to a piece: few enough to hold, enough that the writing is not what takes the time. */
const LINES_AT_ONCE = 2000;

/**
 * A run's requests as CSV (RFC 4180, lines ending in `\n`), in pieces of whole lines: a header, then a line a request, in the order
 * given. Outcome, phase and step are words, marks are ms of run time to a thousandth, and what is unknown is empty: a mark that never
 * came, the status where there was no answer. Details stand after them where the first table has some. One table and one piece are held
 * at a time.
 * @param stepNames of the plan's steps, in their order @param groupNames by their number in the tables
 */
export async function* requestsCsv(
  tables: AsyncIterable<RequestColumns> | Iterable<RequestColumns>,
  stepNames: readonly string[],
  groupNames: readonly string[] = [],
): AsyncGenerator<string, void, undefined> {
  const words = { step: stepNames.map(csvField), group: groupNames.map(csvField) };
  let detailed: readonly DetailColumn[] | null = null;
  let header = headerOf([]);
  for await (const table of tables) {
    if (detailed === null) {
      detailed = table.details === null ? [] : DETAIL_COLUMNS;
      header = headerOf(detailed);
    }
    const writers = [
      ...REQUEST_COLUMNS.map((name) => cellWriter(name, table[name], words)),
      ...detailed.map((name) => numberWriter(table.details?.[name] ?? [])),
    ];
    for (let from = 0; from < table.length; from += LINES_AT_ONCE) {
      const to = Math.min(table.length, from + LINES_AT_ONCE);
      let text = header;
      header = '';
      for (let row = from; row < to; row++) {
        for (let column = 0; column < writers.length; column++) text += (column > 0 ? ',' : '') + writers[column]!(row);
        text += '\n';
      }
      yield text;
    }
  }
  if (header !== '') yield header;
}

function headerOf(details: readonly DetailColumn[]): string {
  return `${[...REQUEST_COLUMNS, ...details].join(',')}\n`;
}

function cellWriter(
  name: RequestColumn,
  values: ArrayLike<number>,
  words: { readonly step: readonly string[]; readonly group: readonly string[] },
): (row: number) => string {
  switch (name) {
    case 'phase':
      return (row) => PHASES[values[row]!] ?? '';
    case 'outcome':
      return (row) => OUTCOMES[values[row]!] ?? '';
    case 'step':
    case 'group':
      return (row) => words[name][values[row]!] ?? '';
    case 'status':
      return (row) => (values[row]! > 0 ? String(values[row]) : '');
    default:
      return numberWriter(values);
  }
}

function numberWriter(values: ArrayLike<number>): (row: number) => string {
  return (row) => {
    const value = values[row]!;
    return Number.isFinite(value) ? String(Math.round(value * 1000) / 1000) : '';
  };
}
