import { distributionOf } from '../load/measure/distribution.ts';
import type { ManyTimes } from '../load/measure/many-times.ts';
import type { StreamOverTime, StreamTimeBucket } from '../load/measure/stream-over-time.ts';
import type { StreamingFigures } from '../runs/run-document.ts';
import type { ResultStreams, StreamSeries, StreamTimes } from './result-view.ts';
import { STREAM_TIMES, type StreamTime, streamFacts } from './stream-words.ts';

const TIMES = Object.keys(STREAM_TIMES) as StreamTime[];

/** A percentile's figures beside each other. */
type Times = Omit<StreamTimes, 'key' | 'name' | 'definition'>;

/**
 * The streams of a run that has ended.
 * @param width of the buckets they are shown beside, ms, and `length` how many there are @param gaps of the measured phase
 */
export function resultStreams(
  streaming: StreamingFigures,
  overTime: StreamOverTime,
  width: number,
  length: number,
  gaps: ManyTimes,
): ResultStreams {
  return {
    times: streamTimes(streaming),
    facts: streamFacts(streaming),
    overTime: streamSeries(overTime.buckets(width), length, overTime.tokensKnown),
    gaps: distributionOf(gaps.quantiles()),
  };
}

/** In the order they are told. */
export function streamTimes(times: Readonly<Record<StreamTime, Times>>): StreamTimes[] {
  return TIMES.map((key) => {
    const { count, p50, p90, p95, p99, max } = times[key];
    return { key, ...STREAM_TIMES[key], count, p50, p90, p95, p99, max };
  });
}

/** @param length as many as there are buckets of latencies; what comes after them is left out */
export function streamSeries(
  buckets: readonly (StreamTimeBucket | undefined)[],
  length: number,
  tokensKnown: boolean,
): StreamSeries {
  const shown = Array.from({ length }, (_, i) => buckets[i]);
  return {
    ttftP50: shown.map((bucket) => bucket?.ttftP50 ?? null),
    ttftP95: shown.map((bucket) => bucket?.ttftP95 ?? null),
    ttftP99: shown.map((bucket) => bucket?.ttftP99 ?? null),
    gapP50: shown.map((bucket) => bucket?.gapP50 ?? null),
    gapP99: shown.map((bucket) => bucket?.gapP99 ?? null),
    tokens: tokensKnown ? shown.map((bucket) => bucket?.tokens ?? 0) : null,
  };
}
