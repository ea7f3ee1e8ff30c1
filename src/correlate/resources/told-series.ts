import type { LabelledSeries } from '../../telemetry/labelled-series.ts';
import type { Span } from '../shares.ts';

/** What a series came to over some stretches of time. */
export interface Told {
  readonly mean: number;
  readonly least: number;
  readonly most: number;
  readonly readings: number;
}

/**
 * A series over stretches of time, each reading as heavy as the part of the time since the one before that lies in them; null where
 * nothing was told of them. @param spans in order, not overlapping
 */
export function toldOver({ time, values }: LabelledSeries, spans: readonly Span[]): Told | null {
  let [weight, sum, readings] = [0, 0, 0];
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let span = 0;
  for (let i = 0; i < time.length; i++) {
    const at = time[i]!;
    // Of the first reading it is not told since when it holds: as long as the second.
    const from = time[i - 1] ?? at - ((time[1] ?? at + 1) - at);
    while (span < spans.length && spans[span]!.end <= from) span++;
    let inside = 0;
    for (let k = span; k < spans.length && spans[k]!.start < at; k++) {
      inside += Math.max(0, Math.min(at, spans[k]!.end) - Math.max(from, spans[k]!.start));
    }
    const value = values[i]!;
    if (inside <= 0 || Number.isNaN(value)) continue;
    weight += inside;
    sum += inside * value;
    readings++;
    // What lies mostly outside says little of the extremes inside.
    if (inside < (at - from) / 2) continue;
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  if (weight === 0) return null;
  const mean = sum / weight;
  return { mean, least: Math.min(least, mean), most: Math.max(most, mean), readings };
}
