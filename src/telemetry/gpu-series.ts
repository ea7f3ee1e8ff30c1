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

/** Telemetry that cannot be read, said to the person who gave it. */
export class TelemetryError extends Error {
  override readonly name = 'TelemetryError';
}
