import type { ColumnSource } from 'hyparquet-writer';
import { CHUNK_COLUMNS, type ChunkColumn, type ChunkTable, chunksFromRows } from './chunk-table.ts';
import {
  type ColumnsWanted,
  numberColumn,
  type RowGroup,
  readRowGroups,
  wordColumn,
  writeRowGroups,
} from './parquet-file.ts';
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
  const words = wordsOf(stepNames);
  return CHUNK_COLUMNS.map((name): ColumnSource => {
    const known = words[name];
    if (known !== undefined) return wordColumn(name, table[name], known);
    if (name === 'request') return { name, type: 'INT32', nullable: false, data: Int32Array.from(table.request) };
    return numberColumn(name, table[name]);
  });
}

/** Tables of a `chunks.parquet`, a row group each, in order. */
export async function* readChunkTables(
  file: string,
  stepNames: readonly string[],
): AsyncGenerator<ChunkTable, void, undefined> {
  const words = wordsOf(stepNames);
  const wanted: ColumnsWanted<ChunkColumn> = {
    names: () => CHUNK_COLUMNS,
    missing: () => NaN,
    numberOf: (name, value) => words[name]?.indexOf(String(value)) ?? Number(value),
  };
  for await (const { columns, length } of readRowGroups(file, wanted)) yield { ...columns, length };
}

/** What the numbers of a column stand for, where they do. */
function wordsOf(stepNames: readonly string[]): Partial<Record<ChunkColumn, readonly string[]>> {
  return { phase: PHASES, outcome: OUTCOMES, step: stepNames };
}
