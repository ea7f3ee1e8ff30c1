import { readFile } from 'node:fs/promises';
import { parquetReadObjects } from 'hyparquet';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { writeAtomically } from './atomic-file.ts';
import { OUTCOMES, PHASES, REQUEST_COLUMNS, type RequestColumn, type RequestTable } from './request-table.ts';

const ROW_GROUP_SIZE = 100_000;

/** Writes `requests.parquet`: a row a request; outcome and phase as words; a mark that never came is null. */
export async function writeRequests(file: string, table: RequestTable): Promise<void> {
  const columnData: ColumnSource[] = REQUEST_COLUMNS.map((name) => {
    if (name === 'outcome') return { name, type: 'STRING', data: Array.from(table.outcome, (code) => OUTCOMES[code]!) };
    if (name === 'phase') return { name, type: 'STRING', data: Array.from(table.phase, (code) => PHASES[code]!) };
    if (name === 'id' || name === 'status') return { name, type: 'INT32', data: Int32Array.from(table[name]) };
    return {
      name,
      type: 'DOUBLE',
      nullable: true,
      data: Array.from(table[name], (value) => (Number.isNaN(value) ? null : value)),
    };
  });
  await writeAtomically(file, new Uint8Array(parquetWriteBuffer({ columnData, rowGroupSize: ROW_GROUP_SIZE })));
}

export async function readRequests(file: string): Promise<RequestTable> {
  const bytes = await readFile(file);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const rows = await parquetReadObjects({ file: buffer });
  const columns = Object.fromEntries(
    REQUEST_COLUMNS.map((name) => [name, Float64Array.from(rows, (row) => numeric(name, row[name]))]),
  );
  return { ...(columns as Record<RequestColumn, Float64Array>), length: rows.length };
}

function numeric(name: RequestColumn, value: unknown): number {
  if (value === null || value === undefined) return NaN;
  if (name === 'outcome') return (OUTCOMES as readonly unknown[]).indexOf(value);
  if (name === 'phase') return (PHASES as readonly unknown[]).indexOf(value);
  return Number(value);
}
