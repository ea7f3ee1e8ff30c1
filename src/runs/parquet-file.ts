import { open, rename } from 'node:fs/promises';
import { ByteWriter, type ColumnSource, ParquetWriter, schemaFromColumnData } from 'hyparquet-writer';

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
  const partial = `${file}.${process.pid}.partial`;
  const handle = await open(partial, 'w');
  try {
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
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(partial, file);
}
