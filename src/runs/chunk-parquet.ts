import { asyncBufferFromFile, parquetMetadataAsync, parquetRead } from 'hyparquet';
import type { ColumnSource } from 'hyparquet-writer';
import { CHUNK_COLUMNS, type ChunkColumn, type ChunkTable, chunksFromRows } from './chunk-table.ts';
import { byColumn } from './packed-rows.ts';
import { type RowGroup, writeRowGroups } from './parquet-file.ts';
import { OUTCOMES, PHASES } from './request-table.ts';

/**
 * Writes `chunks.parquet`: a row a chunk of a stream that had content; phase, outcome and step as words, times in ms on the run's clock,
 * what is unknown null. @param stepNames of the plan's steps, in their order
 */
export async function writeChunks(
  file: string,
  tables: AsyncIterable<ChunkTable>,
  stepNames: readonly string[],
): Promise<void> {
  const none = columnsOf(chunksFromRows(new Float64Array(0)), stepNames);
  await writeRowGroups(file, groupsOf(tables, stepNames), none);
}

async function* groupsOf(
  tables: AsyncIterable<ChunkTable>,
  stepNames: readonly string[],
): AsyncGenerator<RowGroup, void, undefined> {
  for await (const table of tables) yield { columns: columnsOf(table, stepNames), length: table.length };
}

function columnsOf(table: ChunkTable, stepNames: readonly string[]): ColumnSource[] {
  const words: Partial<Record<ChunkColumn, readonly string[]>> = { phase: PHASES, outcome: OUTCOMES, step: stepNames };
  return CHUNK_COLUMNS.map((name) => {
    const known = words[name];
    if (known !== undefined) {
      return { name, type: 'STRING', nullable: false, data: Array.from(table[name], (code) => known[code] ?? '') };
    }
    if (name === 'request') return { name, type: 'INT32', nullable: false, data: Int32Array.from(table.request) };
    const data = Array.from(table[name], (value) => (Number.isNaN(value) ? null : value));
    return { name, type: 'DOUBLE', nullable: true, data };
  });
}

/** Tables of a `chunks.parquet`, a row group each, in order. */
export async function* readChunkTables(
  file: string,
  stepNames: readonly string[],
): AsyncGenerator<ChunkTable, void, undefined> {
  const words: Partial<Record<string, readonly unknown[]>> = { phase: PHASES, outcome: OUTCOMES, step: stepNames };
  const buffer = await asyncBufferFromFile(file);
  const metadata = await parquetMetadataAsync(buffer);
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const length = Number(group.num_rows);
    const rowEnd = rowStart + length;
    const columns = byColumn(CHUNK_COLUMNS, () => new Float64Array(length).fill(NaN));
    await parquetRead({
      file: buffer,
      metadata,
      rowStart,
      rowEnd,
      onChunk: ({ columnName, columnData, rowStart: from }) => {
        const column = columns[columnName as ChunkColumn];
        const known = words[columnName];
        for (let i = 0; i < columnData.length; i++) {
          const value: unknown = columnData[i];
          const at = from + i - rowStart;
          if (at < 0 || at >= length || value === null || value === undefined) continue;
          column[at] = known === undefined ? Number(value) : known.indexOf(value);
        }
      },
    });
    yield { ...columns, length };
    rowStart = rowEnd;
  }
}
