import type { Block } from '../load/measure/clustering.ts';
import type { MeasuredRows } from '../load/measure/measured-rows.ts';
import type { Span } from '../load/measure/sliding-window.ts';
import type { ServiceLevel } from './service-level.ts';

/** Requests that ended in [from, to), and the bad ones of them. Those that failed have no latency. @param span of the phase */
export function badIn(
  { limit, selector }: ServiceLevel,
  rows: MeasuredRows,
  from: number,
  to: number,
  span: Span,
): Block {
  const data = rows.dataOf(from, to, span);
  if (limit === null) {
    const { answered, failed } = data.counts(selector);
    return { count: answered + failed, hits: failed };
  }
  const values = data.values('latency', selector);
  return { count: values.length, hits: values.reduce((sum, value) => sum + Number(value >= limit), 0) };
}

/** The same in so many parts of the phase, each as long as the others. */
export function badInParts(level: ServiceLevel, rows: MeasuredRows, span: Span, parts: number): Block[] {
  const edge = (at: number): number => span.start + ((span.end - span.start) * at) / parts;
  return Array.from({ length: parts }, (_, at) => badIn(level, rows, edge(at), edge(at + 1), span));
}
