import type { AskedLoad } from '../load/measure/asked-load.ts';
import { rowEdge } from '../load/measure/fine-latencies.ts';
import type { TimeBucket } from '../load/measure/latency-over-time.ts';
import type { PhaseSpan } from '../runs/run-document.ts';
import type { TimeSeries } from './result-view.ts';

/**
 * Buckets as they are drawn: all on one scale of latency, with how many requests the load asked for in each. `asked`, `got` and `failed`
 * are numbers of requests, not rates.
 * @param inFlight of every bucket
 */
export function timeSeries(
  { start, width }: { readonly start: number; readonly width: number },
  buckets: readonly TimeBucket[],
  inFlight: readonly number[],
  asked: AskedLoad,
  phases: readonly PhaseSpan[],
): TimeSeries {
  const filled = buckets.flatMap(({ rows }) => (rows === null ? [] : [rows]));
  const first = filled.reduce((least, rows) => Math.min(least, rows.first), Number.POSITIVE_INFINITY);
  const last = filled.reduce((most, rows) => Math.max(most, rows.first + rows.counts.length), 0);
  const height = filled.length === 0 ? 0 : last - first;
  return {
    start,
    width,
    asked: buckets.map((_, i) => {
      const requests = asked.within(phases, start + i * width, start + (i + 1) * width);
      return requests === null ? null : Math.round(requests * 1000) / 1000;
    }),
    got: buckets.map(({ got }) => got),
    failed: buckets.map(({ failed }) => failed),
    inFlight,
    p50: buckets.map(({ p50 }) => p50),
    p95: buckets.map(({ p95 }) => p95),
    p99: buckets.map(({ p99 }) => p99),
    edges: height === 0 ? [] : Array.from({ length: height + 1 }, (_, row) => rowEdge(first + row)),
    counts: buckets.map(({ rows }) => {
      const counts = new Array<number>(height).fill(0);
      rows?.counts.forEach((count, i) => {
        counts[rows.first - first + i] = count;
      });
      return counts;
    }),
  };
}

/** Under way at each bucket's end, of requests that have all ended. */
export function countedInFlight(buckets: readonly TimeBucket[]): number[] {
  let underWay = 0;
  return buckets.map(({ flow }) => {
    underWay += flow;
    return underWay;
  });
}

/** The same while a run goes on: as those who send said last, up to then. */
export function toldInFlight(buckets: readonly TimeBucket[]): number[] {
  let last = 0;
  return buckets.map(({ underWay }) => {
    last = underWay ?? last;
    return last;
  });
}
