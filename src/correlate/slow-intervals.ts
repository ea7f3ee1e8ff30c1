import type { ChunkTable } from '../runs/chunk-table.ts';
import { fateOf, isAnswered, latencyAt, outcomeAt, type RequestTable } from '../runs/request-table.ts';
import type { Intervals } from './tail.ts';

/** What of a request is waited for: its whole answer, its first token, or the next chunk of it. */
export const WAITS = ['latency', 'ttft', 'gap'] as const;
export type Wait = (typeof WAITS)[number];

/** {@link Intervals} with the `id` of the request each belongs to; a request has one for each of its gaps. */
export interface SlowIntervals extends Intervals {
  readonly request: Float64Array;
}

/**
 * The waits of the answered requests in `table`, ms on the run's clock, in no order. `latency`: sent to end, of requests answered in full.
 * `ttft`: sent to the first chunk that had something in it; one that never came is left out. Both are as long as they are from the intended
 * start. `gap`: from one such chunk to the next, as in `chunks`, of which those of other requests are left out.
 */
export function slowIntervals(table: RequestTable, chunks: readonly ChunkTable[], what: Wait): SlowIntervals {
  const rows = [...table.id.keys()];
  if (what === 'latency') {
    const ok = rows.filter((row) => outcomeAt(table, row) === 'ok');
    return columnsOf(ok, (row) => [table.id[row]!, table.sent[row]!, table.end[row]!, latencyAt(table, row)]);
  }
  const answered = rows.filter((row) => isAnswered(table.outcome[row]!));
  if (what === 'ttft') {
    const first = table.details?.firstContent;
    if (first === undefined) return columnsOf([], () => [0, 0, 0, 0]);
    const begun = answered.filter((row) => !Number.isNaN(first[row]!));
    return columnsOf(begun, (row) => [
      table.id[row]!,
      table.sent[row]!,
      first[row]!,
      first[row]! - table.intended[row]!,
    ]);
  }
  const wanted = new Set(answered.map((row) => table.id[row]!));
  const gaps = chunks.flatMap(({ request, at, gap }) =>
    [...at.keys()]
      .filter((row) => gap[row]! >= 0 && wanted.has(request[row]!))
      .map((row): Row => [request[row]!, at[row]! - gap[row]!, at[row]!, gap[row]!]),
  );
  return columnsOf([...gaps.keys()], (row) => gaps[row]!);
}

/** How many requests were sent and failed: none of {@link slowIntervals} is theirs, whatever was waited for. */
export function failedWaits({ id, sent, outcome }: RequestTable): number {
  return [...id.keys()].filter((row) => !Number.isNaN(sent[row]!) && fateOf(outcome[row]!) === 'failed').length;
}

type Row = readonly [request: number, start: number, end: number, latency: number];

function columnsOf(rows: readonly number[], rowAt: (row: number) => Row): SlowIntervals {
  const column = (at: number): Float64Array => Float64Array.from(rows, (row) => rowAt(row)[at]!);
  return { request: column(0), start: column(1), end: column(2), latency: column(3) };
}
