import { asyncBufferFromFile, parquetMetadataAsync, parquetRead } from 'hyparquet';
import { ByteWriter, type ColumnSource, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';
import { replaceFile } from './atomic-file.ts';
import { byColumn } from './packed-rows.ts';

/** The columns of some rows, as many in each. */
export interface RowGroup {
  readonly columns: ColumnSource[];
  readonly length: number;
}

/**
 * Writes a Parquet file a row group at a time, so that no more than one is held. The file is there when all of it is.
 * @param groups all with the same columns @param none the columns where there is no row at all
 */
export async function writeRowGroups(
  file: string,
  groups: AsyncIterable<RowGroup> | Iterable<RowGroup>,
  none: ColumnSource[],
): Promise<void> {
  await replaceFile(file, async (handle) => {
    const bytes = new ByteWriter();
    const writerOf = (columnData: ColumnSource[]): ParquetWriter =>
      new ParquetWriter({ writer: bytes, schema: schemaFromColumnData({ columnData }) });
    let writer: ParquetWriter | null = null;
    let flushed = 0;
    // The writer counts what it wrote by `offset`; what it holds is given to the file and let go, a row group at a time.
    const flush = async (): Promise<void> => {
      // One write may write less than it was given.
      await handle.writeFile(new Uint8Array(bytes.buffer, 0, bytes.index));
      flushed += bytes.index;
      bytes.index = 0;
    };
    for await (const { columns: columnData, length } of groups) {
      if (length === 0) continue;
      writer ??= writerOf(columnData);
      await writer.write({ columnData, rowGroupSize: length });
      await flush();
    }
    writer ??= writerOf(none);
    await writer.finish();
    await flush();
    if (flushed === 0) throw new Error('Nothing was written.');
  });
}

/** A column of words. @param codes their numbers among `words`; others are an empty word */
export function wordColumn(name: string, codes: Float64Array, words: readonly string[]): ColumnSource {
  return { name, type: 'STRING', nullable: false, data: Array.from(codes, (code) => words[code] ?? '') };
}

/** A column of numbers; NaN is null. */
export function numberColumn(name: string, values: Float64Array): ColumnSource {
  const data = Array.from(values, (value) => (Number.isNaN(value) ? null : value));
  return { name, type: 'DOUBLE', nullable: true, data };
}

/** How the columns of a Parquet file are read as numbers. */
export interface ColumnsWanted<Name extends string> {
  /** Which of them. @param there those that the file has */
  readonly names: (there: readonly string[]) => readonly Name[];
  /** What stands where a value is null, and all through a column that the file lacks. */
  readonly missing: (name: Name) => number;
  readonly numberOf: (name: Name, value: unknown) => number;
}

/** Reads a Parquet file a row group at a time, in order. */
export async function* readRowGroups<Name extends string>(
  file: string,
  { names, missing, numberOf }: ColumnsWanted<Name>,
): AsyncGenerator<{ readonly columns: Record<Name, Float64Array>; readonly length: number }, void, undefined> {
  const buffer = await asyncBufferFromFile(file);
  const metadata = await parquetMetadataAsync(buffer);
  const wanted = names(metadata.schema.map(({ name }) => name));
  let rowStart = 0;
  for (const group of metadata.row_groups) {
    const length = Number(group.num_rows);
    const rowEnd = rowStart + length;
    const columns = byColumn(wanted, (name) => new Float64Array(length).fill(missing(name)));
    await parquetRead({
      file: buffer,
      metadata,
      rowStart,
      rowEnd,
      onChunk: ({ columnName, columnData, rowStart: from }) => {
        const name = wanted.find((one) => one === columnName);
        if (name === undefined) return;
        for (let i = 0; i < columnData.length; i++) {
          const value: unknown = columnData[i];
          const at = from + i - rowStart;
          if (at < 0 || at >= length || value === null || value === undefined) continue;
          columns[name][at] = numberOf(name, value);
        }
      },
    });
    yield { columns, length };
    rowStart = rowEnd;
  }
}
