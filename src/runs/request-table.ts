import { byColumn, tableOf } from './packed-rows.ts';

/**
 * What became of a request. `dropped`: due, but never sent. `interrupted`: in flight when the run ended. `check`, `extract`,
 * `template`: the plan's own expectations were not met. Of streams: `stream-error` said in an event that it failed, `unterminated` ended
 * without its terminator, `cancelled` was cut off by the plan once it had what was wanted, and is no failure.
 */
export const OUTCOMES = [
  'ok',
  'refused',
  'reset',
  'timeout',
  'status',
  'bad-body',
  'connect',
  'dropped',
  'interrupted',
  'redirect',
  'check',
  'extract',
  'template',
  'stream-error',
  'unterminated',
  'cancelled',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Indexes into {@link OUTCOMES}. */
export const OK = OUTCOMES.indexOf('ok');
export const CANCELLED = OUTCOMES.indexOf('cancelled');
export const DROPPED = OUTCOMES.indexOf('dropped');
export const INTERRUPTED = OUTCOMES.indexOf('interrupted');

/** What a request is counted as. */
export type Fate = 'answered' | 'failed' | 'dropped' | 'interrupted';

/** @param outcome index into {@link OUTCOMES} */
export function fateOf(outcome: number): Fate {
  if (isAnswered(outcome)) return 'answered';
  if (outcome === DROPPED) return 'dropped';
  return outcome === INTERRUPTED ? 'interrupted' : 'failed';
}

/** Whether a request was answered, in full or as far as the plan let it. @param outcome index into {@link OUTCOMES} */
export function isAnswered(outcome: number): boolean {
  return outcome === OK || outcome === CANCELLED;
}

export const PHASES = ['warmup', 'measured', 'transition', 'profiled'] as const;
export type Phase = (typeof PHASES)[number];

/** Indexes into {@link PHASES}. */
export const MEASURED = PHASES.indexOf('measured');
export const PROFILED = PHASES.indexOf('profiled');

/**
 * The columns of one request, in the order they are logged. Marks are ms on the run's clock, NaN where the moment never came.
 * `intended` is when the load model wanted the request sent, and latency counts from there. `step` counts the steps of the plan's
 * scenarios in order, from 0; `iteration` is the walk through a scenario that the request belongs to; `group` numbers the values of the
 * header that answers are split by, NaN where they are not or none came.
 */
export const REQUEST_COLUMNS = [
  'id',
  'phase',
  'outcome',
  'status',
  'bytes',
  'intended',
  'dispatched',
  'acquired',
  'sent',
  'firstByte',
  'end',
  'step',
  'iteration',
  'group',
] as const;
export type RequestColumn = (typeof REQUEST_COLUMNS)[number];
export const REQUEST_WIDTH = REQUEST_COLUMNS.length;

/** Offsets within a row, for the writers and readers of packed rows. */
export const REQUEST_OFFSET = Object.fromEntries(REQUEST_COLUMNS.map((name, index) => [name, index])) as Readonly<
  Record<RequestColumn, number>
>;

/**
 * What is known of a request beyond its marks where the plan reads into answers, in the order it is logged after {@link REQUEST_COLUMNS};
 * NaN unknown. Of streams, ms on the run's clock: `firstContent` and `lastContent` came with the first and the last chunk that had content,
 * reasoning or tool-call text, `firstVisible` with the first that had content; `chunks` counts those with any of them. Tokens: as the
 * server reports them, else as the model's own tokenizer counts; `cachedTokens` of the input. `size`: rows or prompts in the request.
 * `serverQueue` and `serverCompute`: ms, as the server reports them for this request.
 */
export const DETAIL_COLUMNS = [
  'firstContent',
  'firstVisible',
  'lastContent',
  'chunks',
  'inputTokens',
  'outputTokens',
  'cachedTokens',
  'size',
  'serverQueue',
  'serverCompute',
] as const;
export type DetailColumn = (typeof DETAIL_COLUMNS)[number];
export const DETAIL_WIDTH = DETAIL_COLUMNS.length;
export type RequestDetails = Readonly<Record<DetailColumn, Float64Array>>;

/** The details of one request, to be filled in. */
export type DetailValues = Record<DetailColumn, number>;

/** Those of a request of which nothing is known yet. */
export function unknownDetails(): DetailValues {
  return {
    firstContent: NaN,
    firstVisible: NaN,
    lastContent: NaN,
    chunks: NaN,
    inputTokens: NaN,
    outputTokens: NaN,
    cachedTokens: NaN,
    size: NaN,
    serverQueue: NaN,
    serverCompute: NaN,
  };
}

/** Requests by column, in the order they ended. */
export type RequestTable = Readonly<Record<RequestColumn, Float64Array>> & {
  readonly length: number;
  /** null: none are known of any. */
  readonly details: RequestDetails | null;
};

/** Unpacks rows of numbers, one for each of `columns`; a torn last row is left out, a column that is not there is NaN. */
export function tableFromRows(rows: Float64Array, columns: readonly string[] = REQUEST_COLUMNS): RequestTable {
  const details = DETAIL_COLUMNS.some((name) => columns.includes(name)) ? tableOf(DETAIL_COLUMNS, rows, columns) : null;
  const missing = (name: RequestColumn): number => (name === 'step' || name === 'iteration' ? 0 : NaN);
  const requests = tableOf(REQUEST_COLUMNS, rows, columns, missing);
  return { ...requests, length: requests.id.length, details };
}

/** Rows of {@link REQUEST_COLUMNS} and of {@link DETAIL_COLUMNS}, as many of both, as rows of both. */
export function joinRows(rows: Float64Array, details: Float64Array): Float64Array {
  const width = REQUEST_WIDTH + DETAIL_WIDTH;
  const count = rows.length / REQUEST_WIDTH;
  const joined = new Float64Array(count * width);
  for (let row = 0; row < count; row++) {
    joined.set(rows.subarray(row * REQUEST_WIDTH, (row + 1) * REQUEST_WIDTH), row * width);
    joined.set(details.subarray(row * DETAIL_WIDTH, (row + 1) * DETAIL_WIDTH), row * width + REQUEST_WIDTH);
  }
  return joined;
}

/** Rows of {@link REQUEST_COLUMNS} as a table, with details where there are as many rows of them. */
export function detailedTable(rows: Float64Array, details: Float64Array | null): RequestTable {
  if (details === null) return tableFromRows(rows);
  return tableFromRows(joinRows(rows, details), [...REQUEST_COLUMNS, ...DETAIL_COLUMNS]);
}

/** Several tables as one; it has details where one of them has. */
export function joinTables(tables: readonly RequestTable[]): RequestTable {
  const length = tables.reduce((sum, table) => sum + table.length, 0);
  const joined = (columnOf: (table: RequestTable) => Float64Array | undefined): Float64Array => {
    const column = new Float64Array(length);
    let at = 0;
    for (const table of tables) {
      const part = columnOf(table);
      if (part === undefined) column.fill(NaN, at, at + table.length);
      else column.set(part, at);
      at += table.length;
    }
    return column;
  };
  const details = tables.some((table) => table.details !== null)
    ? byColumn(DETAIL_COLUMNS, (name) => joined((table) => table.details?.[name]))
    : null;
  return { ...byColumn(REQUEST_COLUMNS, (name) => joined((table) => table[name])), length, details };
}

/** The rows of a table that a test wants. */
export function rowsWhere(table: RequestTable, wanted: (row: number) => boolean): RequestTable {
  const rows: number[] = [];
  for (let row = 0; row < table.length; row++) if (wanted(row)) rows.push(row);
  const picked = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row]!);
  const { details } = table;
  return {
    ...byColumn(REQUEST_COLUMNS, (name) => picked(table[name])),
    length: rows.length,
    details: details && byColumn(DETAIL_COLUMNS, (name) => picked(details[name])),
  };
}

/** Latency in ms from the intended start, NaN for a request that has no end. */
export function latencyAt(table: RequestTable, row: number): number {
  return table.end[row]! - table.intended[row]!;
}

export function outcomeAt(table: RequestTable, row: number): Outcome {
  return OUTCOMES[table.outcome[row]!] ?? 'interrupted';
}

export function phaseAt(table: RequestTable, row: number): Phase {
  return PHASES[table.phase[row]!] ?? 'measured';
}
