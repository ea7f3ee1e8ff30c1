import type { ColumnSource } from 'hyparquet-writer';
import { byColumn } from './packed-rows.ts';
import {
  type ColumnsWanted,
  numberColumn,
  type RowGroup,
  readRowGroups,
  wordColumn,
  writeRowGroups,
} from './parquet-file.ts';
import {
  DETAIL_COLUMNS,
  type DetailColumn,
  joinTables,
  OUTCOMES,
  PHASES,
  type Phase,
  phaseAt,
  REQUEST_COLUMNS,
  type RequestColumn,
  type RequestTable,
  rowsWhere,
  tableFromRows,
} from './request-table.ts';

/**
 * Writes `requests.parquet`: a row a request, a row group a table; outcome, phase and step as words; a mark that never came is null.
 * Either all tables have details or none. The file is there when all of it is.
 * @param stepNames of the plan's steps, in their order @param groupNames by their number
 */
export async function writeRequests(
  file: string,
  tables: AsyncIterable<RequestTable> | Iterable<RequestTable>,
  stepNames: readonly string[],
  groupNames: readonly string[] = [],
): Promise<void> {
  const none = columnsOf(tableFromRows(new Float64Array(0)), stepNames, groupNames);
  await writeRowGroups(file, groupsOf(tables, stepNames, groupNames), none);
}

async function* groupsOf(
  tables: AsyncIterable<RequestTable> | Iterable<RequestTable>,
  stepNames: readonly string[],
  groupNames: readonly string[],
): AsyncGenerator<RowGroup, void, undefined> {
  for await (const table of tables) yield { columns: columnsOf(table, stepNames, groupNames), length: table.length };
}

function columnsOf(table: RequestTable, stepNames: readonly string[], groupNames: readonly string[]): ColumnSource[] {
  const requests = REQUEST_COLUMNS.map((name): ColumnSource => {
    if (name === 'outcome') return wordColumn(name, table.outcome, OUTCOMES);
    if (name === 'phase') return wordColumn(name, table.phase, PHASES);
    if (name === 'step') return wordColumn(name, table.step, stepNames);
    if (name === 'group') {
      return {
        name,
        type: 'STRING',
        nullable: true,
        data: Array.from(table.group, (code) => groupNames[code] ?? null),
      };
    }
    if (name === 'id' || name === 'status' || name === 'iteration') {
      return { name, type: 'INT32', nullable: false, data: Int32Array.from(table[name]) };
    }
    return numberColumn(name, table[name]);
  });
  const { details } = table;
  if (details === null) return requests;
  return [...requests, ...DETAIL_COLUMNS.map((name) => numberColumn(name, details[name]))];
}

/**
 * Tables of a `requests.parquet`, a row group each, in order. Files of older versions lack columns: their step is the first.
 * @param groupNames what the numbers of groups are to stand for, in their order; others are not known
 */
export async function* readRequestTables(
  file: string,
  stepNames: readonly string[],
  groupNames: readonly string[] = [],
): AsyncGenerator<RequestTable, void, undefined> {
  const wanted: ColumnsWanted<RequestColumn | DetailColumn> = {
    names: (there) =>
      DETAIL_COLUMNS.some((name) => there.includes(name)) ? [...REQUEST_COLUMNS, ...DETAIL_COLUMNS] : REQUEST_COLUMNS,
    missing: (name) => (name === 'step' || name === 'iteration' ? 0 : NaN),
    numberOf: (name, value) => numeric(name, value, stepNames, groupNames),
  };
  for await (const { columns, length } of readRowGroups(file, wanted)) {
    const detailed = DETAIL_COLUMNS[0] in columns;
    const details = detailed ? byColumn(DETAIL_COLUMNS, (name) => columns[name]) : null;
    yield { ...byColumn(REQUEST_COLUMNS, (name) => columns[name]), length, details };
  }
}

/** All requests of one phase, or of all, as one table. */
export async function readRequests(
  file: string,
  stepNames: readonly string[],
  phase?: Phase,
  groupNames: readonly string[] = [],
): Promise<RequestTable> {
  const tables: RequestTable[] = [];
  for await (const table of readRequestTables(file, stepNames, groupNames)) {
    tables.push(phase === undefined ? table : rowsWhere(table, (row) => phaseAt(table, row) === phase));
  }
  return joinTables(tables);
}

function numeric(
  name: RequestColumn | DetailColumn,
  value: unknown,
  stepNames: readonly string[],
  groupNames: readonly string[],
): number {
  if (name === 'outcome') return (OUTCOMES as readonly unknown[]).indexOf(value);
  if (name === 'phase') return (PHASES as readonly unknown[]).indexOf(value);
  if (name === 'step') return Math.max(0, (stepNames as readonly unknown[]).indexOf(value));
  if (name === 'group') {
    const group = (groupNames as readonly unknown[]).indexOf(value);
    return group < 0 ? NaN : group;
  }
  return Number(value);
}
