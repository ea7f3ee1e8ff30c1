import type { RequestTable } from '../../runs/request-table.ts';
import type { Metric, ValueMetric } from './metric.ts';
import { firstVisibleAt, tpotAt, ttftAt } from './stream-marks.ts';

/** The metrics that every request has a value of by itself: not those of whole iterations, nor of the gaps in a stream. */
export type RequestMetric = Exclude<ValueMetric, 'end_to_end' | 'gap'>;

export interface RequestValue {
  /** Ms or bytes; NaN unknown. */
  readonly at: (table: RequestTable, row: number) => number;
  /** Whether a stream that was cut off has none. */
  readonly ofWhole: boolean;
  /** Whether it grows for as long as a request is under way, so that of one that was cut off it is at least what it had come to. */
  readonly grows: boolean;
  /** Whether a limit on it tells a request that is good from one that is not: what its user waits for. */
  readonly isWaitedFor: boolean;
}

/** As `docs/metrics.md` defines them. */
export const REQUEST_VALUES: Readonly<Record<RequestMetric, RequestValue>> = {
  latency: {
    at: ({ end, intended }, row) => end[row]! - intended[row]!,
    ofWhole: true,
    grows: true,
    isWaitedFor: true,
  },
  service: {
    at: ({ end, acquired }, row) => end[row]! - acquired[row]!,
    ofWhole: true,
    grows: true,
    isWaitedFor: true,
  },
  first_byte: {
    at: ({ firstByte, intended }, row) => firstByte[row]! - intended[row]!,
    ofWhole: false,
    grows: true,
    isWaitedFor: true,
  },
  pool_wait: {
    at: ({ acquired, dispatched }, row) => acquired[row]! - dispatched[row]!,
    ofWhole: false,
    grows: false,
    isWaitedFor: false,
  },
  lateness: {
    at: ({ dispatched, intended }, row) => dispatched[row]! - intended[row]!,
    ofWhole: false,
    grows: false,
    isWaitedFor: false,
  },
  bytes: { at: ({ bytes }, row) => bytes[row]!, ofWhole: true, grows: false, isWaitedFor: false },
  ttft: { at: ttftAt, ofWhole: false, grows: true, isWaitedFor: true },
  first_visible: { at: firstVisibleAt, ofWhole: false, grows: true, isWaitedFor: true },
  tpot: { at: tpotAt, ofWhole: true, grows: false, isWaitedFor: true },
};

export function isOfRequests(metric: Metric): metric is RequestMetric {
  return Object.hasOwn(REQUEST_VALUES, metric);
}
