import { readFile } from 'node:fs/promises';
import { parquetReadObjects } from 'hyparquet';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { writeAtomically } from '../runs/atomic-file.ts';
import { GPU_SERIES } from './gpu-series.ts';
import type { LabelledSeries } from './labelled-series.ts';

export const TELEMETRY_FILE = 'telemetry.parquet';

/**
 * Writes `telemetry.parquet`, a row a reading: `time` in ms on the run's clock, `name`, `labels` as the text of a JSON object, `unit`, and
 * `value`, null where nothing was told.
 */
export async function writeTelemetry(file: string, series: readonly LabelledSeries[]): Promise<void> {
  const rows = series.flatMap(({ name, labels, unit, time, values }) => {
    const labelText = JSON.stringify(labels);
    return Array.from(time, (at, row) => ({ at, name, labelText, unit, value: values[row]! }));
  });
  const columnData: ColumnSource[] = [
    { name: 'time', type: 'DOUBLE', data: rows.map(({ at }) => at) },
    { name: 'name', type: 'STRING', data: rows.map(({ name }) => name) },
    { name: 'labels', type: 'STRING', data: rows.map(({ labelText }) => labelText) },
    { name: 'unit', type: 'STRING', data: rows.map(({ unit }) => unit) },
    {
      name: 'value',
      type: 'DOUBLE',
      nullable: true,
      data: rows.map(({ value }) => (Number.isNaN(value) ? null : value)),
    },
  ];
  await writeAtomically(file, new Uint8Array(parquetWriteBuffer({ columnData })));
}

/** Reads what {@link writeTelemetry} wrote, and what Tailflame 0.1 did: a column for each quantity of a GPU. */
export async function readTelemetry(file: string): Promise<LabelledSeries[]> {
  const bytes = await readFile(file);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  const rows = await parquetReadObjects({ file: buffer });
  if (rows[0]?.['gpu'] !== undefined) return gpusOf(rows);
  const grouped = new Map<string, Record<string, unknown>[]>();
  for (const row of rows) {
    const key = `${row['name']}\n${row['labels']}`;
    const own = grouped.get(key);
    if (own === undefined) grouped.set(key, [row]);
    else own.push(row);
  }
  return [...grouped.values()].map((own) => ({
    name: String(own[0]!['name']),
    labels: JSON.parse(String(own[0]!['labels'])) as Record<string, string>,
    unit: String(own[0]!['unit']),
    time: column(own, 'time'),
    values: column(own, 'value'),
  }));
}

function gpusOf(rows: readonly Record<string, unknown>[]): LabelledSeries[] {
  const indexes = [...new Set(rows.map((row) => Number(row['gpu'])))];
  return indexes.flatMap((index) => {
    const own = rows.filter((row) => Number(row['gpu']) === index);
    const labels = { gpu: String(index), model: String(own[0]!['name']) };
    const time = column(own, 'time');
    return [
      { name: GPU_SERIES.utilisation, labels, unit: '', time, values: column(own, 'utilisation') },
      { name: GPU_SERIES.memory, labels, unit: 'MiB', time, values: column(own, 'memory_used') },
      { name: GPU_SERIES.power, labels, unit: 'W', time, values: column(own, 'power') },
    ];
  });
}

function column(rows: readonly Record<string, unknown>[], name: string): Float64Array {
  return Float64Array.from(rows, (row) => (row[name] === null ? Number.NaN : Number(row[name])));
}
