/** What became of a request. `dropped`: due, but never sent. `interrupted`: in flight when the run ended. */
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
] as const;
export type Outcome = (typeof OUTCOMES)[number];

export const PHASES = ['warmup', 'measured', 'transition', 'profiled'] as const;
export type Phase = (typeof PHASES)[number];

/**
 * The columns of one request, in the order they are logged. Marks are ms on the run's clock, NaN where the moment never came.
 * `intended` is when the load model wanted the request sent, and latency counts from there.
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
] as const;
export type RequestColumn = (typeof REQUEST_COLUMNS)[number];
export const REQUEST_WIDTH = REQUEST_COLUMNS.length;

/** Offsets within a row, for the writers and readers of packed rows. */
export const REQUEST_OFFSET = Object.fromEntries(REQUEST_COLUMNS.map((name, index) => [name, index])) as Readonly<
  Record<RequestColumn, number>
>;

/** Requests by column, in the order they ended. */
export type RequestTable = Readonly<Record<RequestColumn, Float64Array>> & { readonly length: number };

/** Unpacks rows of {@link REQUEST_WIDTH} numbers each; a torn last row is left out. */
export function tableFromRows(rows: Float64Array): RequestTable {
  const length = Math.floor(rows.length / REQUEST_WIDTH);
  const columns = {} as Record<RequestColumn, Float64Array>;
  REQUEST_COLUMNS.forEach((name, offset) => {
    const column = new Float64Array(length);
    for (let i = 0; i < length; i++) column[i] = rows[i * REQUEST_WIDTH + offset]!;
    columns[name] = column;
  });
  return { ...columns, length };
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
