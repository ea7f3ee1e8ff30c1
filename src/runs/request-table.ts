/**
 * What became of a request. `dropped`: due, but never sent. `interrupted`: in flight when the run ended. `check`, `extract`,
 * `template`: the plan's own expectations were not met.
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
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const PHASES = ['warmup', 'measured', 'transition', 'profiled'] as const;
export type Phase = (typeof PHASES)[number];

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

/** Requests by column, in the order they ended. */
export type RequestTable = Readonly<Record<RequestColumn, Float64Array>> & { readonly length: number };

/** Unpacks rows of numbers, one for each of `columns`; a torn last row is left out, a column that is not there is NaN. */
export function tableFromRows(rows: Float64Array, columns: readonly string[] = REQUEST_COLUMNS): RequestTable {
  const width = columns.length;
  const length = Math.floor(rows.length / width);
  const table = {} as Record<RequestColumn, Float64Array>;
  for (const name of REQUEST_COLUMNS) {
    const column = new Float64Array(length);
    const offset = columns.indexOf(name);
    if (offset < 0) column.fill(name === 'step' || name === 'iteration' ? 0 : NaN);
    else for (let i = 0; i < length; i++) column[i] = rows[i * width + offset]!;
    table[name] = column;
  }
  return { ...table, length };
}

/** Several tables as one. */
export function joinTables(tables: readonly RequestTable[]): RequestTable {
  const length = tables.reduce((sum, table) => sum + table.length, 0);
  const joined = {} as Record<RequestColumn, Float64Array>;
  for (const name of REQUEST_COLUMNS) {
    const column = new Float64Array(length);
    let at = 0;
    for (const table of tables) {
      column.set(table[name], at);
      at += table.length;
    }
    joined[name] = column;
  }
  return { ...joined, length };
}

/** The rows of a table that a test wants. */
export function rowsWhere(table: RequestTable, wanted: (row: number) => boolean): RequestTable {
  const rows: number[] = [];
  for (let row = 0; row < table.length; row++) if (wanted(row)) rows.push(row);
  const picked = {} as Record<RequestColumn, Float64Array>;
  for (const name of REQUEST_COLUMNS) picked[name] = Float64Array.from(rows, (row) => table[name][row]!);
  return { ...picked, length: rows.length };
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
