import { CHUNK_COLUMNS, type ChunkTable, chunksFromRows } from '../../src/runs/chunk-table.ts';
import {
  DETAIL_COLUMNS,
  detailedTable,
  OUTCOMES,
  type Outcome,
  PHASES,
  type Phase,
  REQUEST_COLUMNS,
  type RequestTable,
} from '../../src/runs/request-table.ts';

/** A request, of the profiled phase where it is not said, where it is put, ms of run time: due and sent at `start`. */
export interface PlacedRequest {
  readonly start: number;
  readonly end: number;
  readonly firstContent?: number;
  readonly phase?: Phase;
  readonly step?: number;
  readonly group?: number;
  readonly outcome?: Outcome;
}

/** The requests by their place in the list, which is their id. */
export function placedRequests(requests: readonly PlacedRequest[]): RequestTable {
  const rows = requests.flatMap(
    ({ start, end, phase = 'profiled', step = 0, group = Number.NaN, outcome = 'ok' }, id) => {
      const marks = { intended: start, dispatched: start, acquired: start, sent: start, firstByte: end, end };
      const codes = { id, phase: PHASES.indexOf(phase), outcome: OUTCOMES.indexOf(outcome), status: 200, bytes: 1 };
      const values: Record<string, number> = { ...codes, ...marks, step, group, iteration: id };
      return REQUEST_COLUMNS.map((name) => values[name] ?? Number.NaN);
    },
  );
  const stream = requests.some(({ firstContent }) => firstContent !== undefined);
  const details = requests.flatMap(({ firstContent = Number.NaN }) =>
    DETAIL_COLUMNS.map((name) => (name === 'firstContent' ? firstContent : Number.NaN)),
  );
  return detailedTable(Float64Array.from(rows), stream ? Float64Array.from(details) : null);
}

/** Chunks of the profiled phase: of which request, when it came, and how long after the one before. */
export function placedChunks(chunks: readonly (readonly [request: number, at: number, gap: number])[]): ChunkTable {
  const rows = chunks.flatMap(([request, at, gap]) => {
    const codes = { phase: PHASES.indexOf('profiled'), outcome: OUTCOMES.indexOf('ok'), step: 0 };
    const values: Record<string, number> = { request, at, gap, ...codes };
    return CHUNK_COLUMNS.map((name) => values[name] ?? Number.NaN);
  });
  return chunksFromRows(Float64Array.from(rows));
}
