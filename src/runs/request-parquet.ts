import { asyncBufferFromFile, parquetMetadataAsync, parquetRead } from 'hyparquet';
import type { ColumnSource } from 'hyparquet-writer';
import { byColumn } from './packed-rows.ts';
import { type RowGroup, writeRowGroups } from './parquet-file.ts';
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
  const words = (name: RequestColumn, known: readonly string[]): ColumnSource => ({
    name,
    type: 'STRING',
    nullable: false,
    data: Array.from(table[name], (code) => known[code] ?? ''),
  });
  const numbers = (name: RequestColumn | DetailColumn, column: Float64Array): ColumnSource => ({
    name,
    type: 'DOUBLE',
    nullable: true,
    data: Array.from(column, (value) => (Number.isNaN(value) ? null : value)),
  });
  const requests = REQUEST_COLUMNS.map((name): ColumnSource => {
    if (name === 'outcome') return words(name, OUTCOMES);
    if (name === 'phase') return words(name, PHASES);
    if (name === 'step') return words(name, stepNames);
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
    return numbers(name, table[name]);
  });
  const { details } = table;
  return details === null ? requests : [...requests, ...DETAIL_COLUMNS.map((name) => numbers(name, details[name]))];
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
  const buffer = await asyncBufferFromFile(file);
  const metadata = await parquetMetadataAsync(buffer);
  const detailed = metadata.schema.some(({ name }) => (DETAIL_COLUMNS as readonly string[]).includes(name));
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const length = Number(group.num_rows);
    const rowEnd = rowStart + length;
    const columns = byColumn(REQUEST_COLUMNS, (name) =>
      new Float64Array(length).fill(name === 'step' || name === 'iteration' ? 0 : NaN),
    );
    const details = detailed ? byColumn(DETAIL_COLUMNS, () => new Float64Array(length).fill(NaN)) : null;
    await parquetRead({
      file: buffer,
      metadata,
      rowStart,
      rowEnd,
      onChunk: ({ columnName, columnData, rowStart: from }) => {
        const column = columns[columnName as RequestColumn] ?? details?.[columnName as DetailColumn];
        if (column === undefined) return;
        for (let i = 0; i < columnData.length; i++) {
          const at = from + i - rowStart;
          if (at >= 0 && at < length)
            column[at] = numeric(columnName as RequestColumn, columnData[i], stepNames, groupNames);
        }
      },
    });
    yield { ...columns, length, details };
    rowStart = rowEnd;
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
  name: RequestColumn,
  value: unknown,
  stepNames: readonly string[],
  groupNames: readonly string[],
): number {
  if (value === null || value === undefined) return NaN;
  if (name === 'outcome') return (OUTCOMES as readonly unknown[]).indexOf(value);
  if (name === 'phase') return (PHASES as readonly unknown[]).indexOf(value);
  if (name === 'step') return Math.max(0, (stepNames as readonly unknown[]).indexOf(value));
  if (name === 'group') {
    const group = (groupNames as readonly unknown[]).indexOf(value);
    return group < 0 ? NaN : group;
  }
  return Number(value);
}
