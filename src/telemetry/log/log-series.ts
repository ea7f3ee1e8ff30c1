import type { LabelledSeries } from '../labelled-series.ts';

/** Names of what is counted in logs, each a second. */
export const LOG_SERIES = { errors: 'log errors', warnings: 'log warnings' } as const;

/** Lines that told of errors and warnings, read at one moment. */
export interface LogReading {
  /** Run time, ms. */
  readonly time: number;
  readonly errors: number;
  readonly warnings: number;
}

/**
 * The readings of one log as series: a value for every second from `from` to `to`, at its end, with those that are not whole left out; nothing of what never was.
 *
 * @param from run time, ms, as `to` @param label the log's name, where there are several
 */
export function logSeries(
  readings: readonly LogReading[],
  from: number,
  to: number,
  label: string | null,
): LabelledSeries[] {
  const first = Math.floor(from / 1000);
  const count = Math.max(0, Math.floor(to / 1000) - first);
  const time = Float64Array.from({ length: count }, (_, second) => (first + second + 1) * 1000);
  const counted = (kind: 'errors' | 'warnings'): Float64Array => {
    const values = new Float64Array(count);
    for (const reading of readings) {
      const second = Math.floor(reading.time / 1000) - first;
      if (second >= 0 && second < count) values[second]! += reading[kind];
    }
    return values;
  };
  const labels = label === null ? {} : { log: label };
  const met = (['errors', 'warnings'] as const).filter((kind) => readings.some((reading) => reading[kind] > 0));
  return met.map((kind) => ({
    name: LOG_SERIES[kind],
    labels,
    unit: '/s',
    time,
    values: counted(kind),
  }));
}
