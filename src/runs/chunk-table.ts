import { tableOf } from './packed-rows.ts';

/**
 * The columns of one chunk of a stream that had content, in the order they are logged, once its request has ended. `request`, `phase`,
 * `outcome` and `step` are those of its request. `at`: when it was read, ms on the run's clock; `gap`: ms since the one before in the same
 * answer, NaN for the first. `tokens`: what the server said is in it, NaN where it said nothing.
 */
export const CHUNK_COLUMNS = ['request', 'phase', 'outcome', 'step', 'at', 'gap', 'tokens'] as const;
export type ChunkColumn = (typeof CHUNK_COLUMNS)[number];
export const CHUNK_WIDTH = CHUNK_COLUMNS.length;

/** Chunks by column. */
export type ChunkTable = Readonly<Record<ChunkColumn, Float64Array>> & { readonly length: number };

/** Unpacks rows of numbers, one for each of `columns`; a torn last row is left out, a column that is not there is NaN. */
export function chunksFromRows(rows: Float64Array, columns: readonly string[] = CHUNK_COLUMNS): ChunkTable {
  return { ...tableOf(CHUNK_COLUMNS, rows, columns), length: Math.floor(rows.length / columns.length) };
}
