import type { ValueMetric } from './metric.ts';

/** Times that lie between two marks of a request, the later one first. */
export const MARK_TIMES = {
  latency: ['end', 'intended'],
  service: ['end', 'acquired'],
  first_byte: ['firstByte', 'intended'],
  pool_wait: ['acquired', 'dispatched'],
  lateness: ['dispatched', 'intended'],
} as const satisfies Partial<Record<ValueMetric, readonly [string, string]>>;
