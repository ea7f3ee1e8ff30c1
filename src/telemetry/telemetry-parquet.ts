import { readFile } from 'node:fs/promises';
import { parquetReadObjects } from 'hyparquet';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { writeAtomically } from '../runs/atomic-file.ts';
import type { GpuSeries } from './gpu-series.ts';

export const TELEMETRY_FILE = 'telemetry.parquet';

/** Writes `telemetry.parquet`, a row a reading: `time` in ms on the run's clock, `gpu`, `name`, `utilisation` 0–1, `memory_used` in MiB, `power` in W. */
export async function writeTelemetry(file: string, series: readonly GpuSeries[]): Promise<void> {
  const rows = series.flatMap((gpu) => Array.from(gpu.time, (time, row) => ({ gpu, time, row })));
  const known = (value: number): number | null => (Number.isNaN(value) ? null : value);
  const double = (name: string, pick: (gpu: GpuSeries, row: number) => number): ColumnSource => ({
    name,
    type: 'DOUBLE',
    nullable: true,
    data: rows.map(({ gpu, row }) => known(pick(gpu, row))),
  });
  const columnData: ColumnSource[] = [
    { name: 'time', type: 'DOUBLE', data: rows.map(({ time }) => time) },
    { name: 'gpu', type: 'INT32', data: Int32Array.from(rows, ({ gpu }) => gpu.index) },
    { name: 'name', type: 'STRING', data: rows.map(({ gpu }) => gpu.name) },
    double('utilisation', (gpu, row) => gpu.utilisation[row]!),
    double('memory_used', (gpu, row) => gpu.memoryUsed[row]!),
    double('power', (gpu, row) => gpu.power[row]!),
  ];
  await writeAtomically(file, new Uint8Array(parquetWriteBuffer({ columnData })));
}

/** Reads what {@link writeTelemetry} wrote. */
export async function readTelemetry(file: string): Promise<GpuSeries[]> {
  const bytes = await readFile(file);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const rows = await parquetReadObjects({ file: buffer });
  const indexes = [...new Set(rows.map((row) => Number(row['gpu'])))];
  return indexes.map((index) => {
    const own = rows.filter((row) => Number(row['gpu']) === index);
    const column = (name: string): Float64Array =>
      Float64Array.from(own, (row) => (row[name] === null ? Number.NaN : Number(row[name])));
    return {
      index,
      name: String(own[0]!['name']),
      time: column('time'),
      utilisation: column('utilisation'),
      memoryUsed: column('memory_used'),
      power: column('power'),
    };
  });
}
