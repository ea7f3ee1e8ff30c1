import type { ResultView, TelemetrySeries, TimeSeries } from '../../../src/report/result-view.ts';

export interface Axis {
  /** Ms of run time. */
  readonly low: number;
  readonly high: number;
  /** What people count from: the measured phase's beginning, as everywhere; before there is one, the load's. */
  readonly origin: number;
}

/** The axis of time that everything of a run is drawn on. */
export function axisOf({ overTime, phases }: ResultView): Axis {
  const low = overTime.start;
  const high = low + Math.max(1, overTime.got.length) * overTime.width;
  return { low, high, origin: (phases.find(({ phase }) => phase === 'measured') ?? phases[0])?.start ?? low };
}

/** Whether samples may have been taken in a stretch of a run. */
export function isProfiled(
  { profiled, phases }: Pick<ResultView, 'profiled' | 'phases'>,
  from: number,
  to: number,
): boolean {
  const spans = phases.filter(({ phase }) => phase === 'profiled');
  return profiled && (spans.length === 0 || spans.some(({ start, end }) => from < end && to > start));
}

/** The bucket that a moment lies in; null outside of all. */
export function bucketAt({ start, width, got }: TimeSeries, time: number): number | null {
  const index = Math.floor((time - start) / width);
  return index >= 0 && index < got.length ? index : null;
}

/** The last value told at or before a moment; null before the first. */
export function valueAt({ at, values }: TelemetrySeries, time: number): number | null {
  let low = 0;
  let high = at.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at[middle]! <= time) low = middle + 1;
    else high = middle;
  }
  return values[low - 1] ?? null;
}

/** How many requests that began in a stretch were answered, and how many failed, by the buckets whose middle is in it. */
export function countsBetween(
  { start, width, counts, failed }: TimeSeries,
  from: number,
  to: number,
): { readonly answered: number; readonly failed: number } {
  let answered = 0;
  let lost = 0;
  for (const [bucket, rows] of counts.entries()) {
    const middle = start + (bucket + 0.5) * width;
    if (middle < from || middle > to) continue;
    answered += rows.reduce((sum, count) => sum + count, 0);
    lost += failed[bucket] ?? 0;
  }
  return { answered, failed: lost };
}

/**
 * Another run's values at this run's buckets, so that the measured phases of both begin together; null where the other has none.
 * @param pick which of the other's series
 */
export function laidUnder(
  view: ResultView,
  other: ResultView,
  pick: (series: TimeSeries) => readonly (number | null)[],
): (number | null)[] {
  const shift = measuredStart(other) - measuredStart(view);
  const values = pick(other.overTime);
  const { start, width, got } = view.overTime;
  return got.map((_, bucket) => {
    const index = bucketAt(other.overTime, start + (bucket + 0.5) * width + shift);
    return index === null ? null : (values[index] ?? null);
  });
}

function measuredStart({ phases, overTime }: ResultView): number {
  return phases.find(({ phase }) => phase === 'measured')?.start ?? overTime.start;
}
