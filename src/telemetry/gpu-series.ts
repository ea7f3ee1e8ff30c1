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

/** Telemetry that cannot be read, said to the person who gave it. */
export class TelemetryError extends Error {
  override readonly name = 'TelemetryError';
}
