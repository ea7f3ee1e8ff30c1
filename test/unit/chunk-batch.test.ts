import assert from 'node:assert/strict';
import test from 'node:test';
import { ChunkBatch } from '../../src/load/generate/chunk-batch.ts';
import { DueRequest } from '../../src/load/generate/due-request.ts';
import { STREAM_FORMATS } from '../../src/load/stream/stream-formats.ts';
import { StreamReading } from '../../src/load/stream/stream-reading.ts';
import { CHUNK_WIDTH, chunksFromRows } from '../../src/runs/chunk-table.ts';
import { OUTCOMES, PHASES } from '../../src/runs/request-table.ts';

function requestOf(id: number, times: readonly number[]): { request: DueRequest; reading: StreamReading } {
  const options = { keepsAnswer: false, keepsText: false, enough: Number.POSITIVE_INFINITY };
  const reading = new StreamReading(STREAM_FORMATS.sse, options);
  reading.begin(200, () => 'text/event-stream');
  for (const time of times) reading.data(Buffer.from(`data: ${time}\n\n`), time);
  const outgoing = { path: '/', method: 'POST', headers: [], body: null };
  const due = { phase: 'measured', step: 2, iteration: 0, intended: 0, origin: '', outgoing, wantBody: false } as const;
  const owner = { requestEnded: () => {}, redirected: () => [] };
  return { request: new DueRequest(id, { ...due, size: NaN, reading }, 0, owner, null), reading };
}

test('chunks are packed with their request, and gaps are within one answer', () => {
  const batch = new ChunkBatch();
  for (const [id, times] of [
    [7, [10, 15, 15]],
    [8, []],
    [9, [30]],
  ] as const) {
    const { request, reading } = requestOf(id, times);
    batch.add(request, 'ok', reading);
  }
  const rows = batch.take();
  assert.equal(rows.length, 4 * CHUNK_WIDTH);
  const { request, phase, outcome, step, at, gap, tokens } = chunksFromRows(rows);
  assert.deepEqual([...request], [7, 7, 7, 9]);
  assert.deepEqual([...new Set(phase)], [PHASES.indexOf('measured')]);
  assert.deepEqual([...new Set(outcome)], [OUTCOMES.indexOf('ok')]);
  assert.deepEqual([...new Set(step)], [2]);
  assert.deepEqual([...at], [10, 15, 15, 30]);
  assert.deepEqual([...gap], [NaN, 5, 0, NaN]);
  assert.ok(tokens.every(Number.isNaN));
  assert.equal(batch.take().length, 0);
});

test('more chunks than there is room for at first are all kept', () => {
  const batch = new ChunkBatch();
  const { request, reading } = requestOf(
    1,
    Array.from({ length: 5000 }, (_, index) => index),
  );
  batch.add(request, 'ok', reading);
  const { at } = chunksFromRows(batch.take());
  assert.deepEqual([at.length, at[0], at[4999]], [5000, 0, 4999]);
});
