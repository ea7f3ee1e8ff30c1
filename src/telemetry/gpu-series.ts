import type { LabelledSeries } from './labelled-series.ts';
import type { NamedSeries } from './named-series.ts';

/** One GPU over time, by column, in order of time. */
export interface GpuSeries {
  /** As nvidia-smi numbers it. */
  readonly index: number;
  readonly name: string;
  /** Ms on the run's clock. A value holds for the time since the one before: the driver averages over 1/6 to 1 s. */
  readonly time: Float64Array;
  /** 0–1, the share of time in which some kernel ran; NaN where it was not told. */
  readonly utilisation: Float64Array;
  /** MiB; NaN where it was not told. */
  readonly memoryUsed: Float64Array;
  /** W; NaN where it was not told. */
  readonly power: Float64Array;
}

/** What is drawn of a GPU: three series, of which some may never have been told. */
export function namedGpuSeries({ index, time, utilisation, memoryUsed, power }: GpuSeries): NamedSeries[] {
  return [
    { name: `GPU ${index} utilisation`, unit: '%', time, values: utilisation.map((share) => share * 100) },
    { name: `GPU ${index} memory`, unit: 'MiB', time, values: memoryUsed },
    { name: `GPU ${index} power`, unit: 'W', time, values: power },
  ];
}

/** The same as it is kept. */
export function labelledGpuSeries(gpu: GpuSeries): LabelledSeries[] {
  const { index, name, time, utilisation, memoryUsed, power } = gpu;
  const labels = { gpu: String(index), model: name };
  return [
    { name: UTILISATION, labels, unit: '', time, values: utilisation },
    { name: MEMORY, labels, unit: 'MiB', time, values: memoryUsed },
    { name: POWER, labels, unit: 'W', time, values: power },
  ];
}

const [UTILISATION, MEMORY, POWER] = ['GPU utilisation', 'GPU memory', 'GPU power'] as const;

/** The GPUs among what was kept, and the rest. */
export function splitGpuSeries(all: readonly LabelledSeries[]): { gpus: GpuSeries[]; others: LabelledSeries[] } {
  const isGpu = ({ name }: LabelledSeries): boolean => name === UTILISATION || name === MEMORY || name === POWER;
  const kept = all.filter(isGpu);
  const indexes = [...new Set(kept.map(({ labels }) => labels['gpu']!))];
  const gpus = indexes.map((index): GpuSeries => {
    const own = kept.filter(({ labels }) => labels['gpu'] === index);
    const { labels, time } = own[0]!;
    const values = (name: string): Float64Array =>
      own.find((series) => series.name === name)?.values ?? time.map(() => NaN);
    return {
      index: Number(index),
      name: labels['model'] ?? '',
      time,
      utilisation: values(UTILISATION),
      memoryUsed: values(MEMORY),
      power: values(POWER),
    };
  });
  return { gpus, others: all.filter((series) => !isGpu(series)) };
}

/** Telemetry that cannot be read, said to the person who gave it. */
export class TelemetryError extends Error {
  override readonly name = 'TelemetryError';
}
