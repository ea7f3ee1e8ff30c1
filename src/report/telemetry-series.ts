import type { NamedSeries } from '../telemetry/named-series.ts';
import type { TelemetrySeries } from './result-view.ts';

const MOST_POINTS = 600;

/** Series as they are drawn, without those that were never told. */
export function telemetrySeries(series: readonly NamedSeries[]): TelemetrySeries[] {
  return series
    .filter(({ values }) => values.some((value) => !Number.isNaN(value)))
    .map(({ name, unit, time, values }) => ({ name, unit, ...thinned(time, values) }));
}

/**
 * A series of at most 600 points: as it is where it has no more, else the mean of each 600th of its time, at the middle of that; null
 * where nothing was told. @param time ascending, ms
 */
function thinned(time: Float64Array, values: Float64Array): Pick<TelemetrySeries, 'at' | 'values'> {
  const known = (value: number): number | null => (Number.isNaN(value) ? null : value);
  if (time.length <= MOST_POINTS) return { at: [...time], values: Array.from(values, known) };
  const [first, last] = [time[0]!, time.at(-1)!];
  const width = (last - first) / MOST_POINTS;
  const sums = new Float64Array(MOST_POINTS);
  const counts = new Uint32Array(MOST_POINTS);
  values.forEach((value, row) => {
    if (Number.isNaN(value)) return;
    const point = Math.min(MOST_POINTS - 1, Math.floor((time[row]! - first) / width));
    sums[point]! += value;
    counts[point]!++;
  });
  return {
    at: Array.from(sums, (_, point) => first + (point + 0.5) * width),
    values: Array.from(sums, (sum, point) => known(sum / counts[point]!)),
  };
}
