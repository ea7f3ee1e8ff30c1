import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { failedWaits, slowIntervals } from '../../src/correlate/slow-intervals.ts';
import { CHUNK_COLUMNS, type ChunkTable, chunksFromRows } from '../../src/runs/chunk-table.ts';
import {
  DETAIL_COLUMNS,
  detailedTable,
  OUTCOMES,
  type Outcome,
  REQUEST_COLUMNS,
  type RequestTable,
} from '../../src/runs/request-table.ts';

interface Told {
  id: number;
  outcome: Outcome;
  intended: number;
  sent: number;
  firstContent: number;
  end: number;
}

function tableOf(requests: readonly Told[]): RequestTable {
  const rows = requests.flatMap((request) => {
    const values: Record<string, number> = { ...request, outcome: OUTCOMES.indexOf(request.outcome), phase: 3 };
    return REQUEST_COLUMNS.map((name) => values[name] ?? Number.NaN);
  });
  const details = requests.flatMap(({ firstContent }) =>
    DETAIL_COLUMNS.map((name) => (name === 'firstContent' ? firstContent : Number.NaN)),
  );
  return detailedTable(Float64Array.from(rows), Float64Array.from(details));
}

function chunksOf(chunks: readonly (readonly [request: number, at: number, gap: number])[]): ChunkTable {
  const rows = chunks.flatMap(([request, at, gap]) => {
    const values: Record<string, number> = { request, at, gap };
    return CHUNK_COLUMNS.map((name) => values[name] ?? Number.NaN);
  });
  return chunksFromRows(Float64Array.from(rows));
}

const TABLE = tableOf([
  { id: 4, outcome: 'ok', intended: 100, sent: 103, firstContent: 140, end: 200 },
  { id: 9, outcome: 'cancelled', intended: 110, sent: 111, firstContent: 150, end: 180 },
  { id: 2, outcome: 'stream-error', intended: 120, sent: 121, firstContent: 160, end: 170 },
  { id: 7, outcome: 'ok', intended: 130, sent: 130, firstContent: Number.NaN, end: 190 },
]);

describe('the waits of requests', () => {
  test('are none of requests that failed, which are counted; one without tokens or cut off by the plan has not failed', () => {
    assert.equal(failedWaits(TABLE), 1);
    const none = { intended: 1, sent: 1, firstContent: Number.NaN, end: Number.NaN };
    const table = tableOf([
      { id: 1, outcome: 'timeout', ...none },
      { id: 2, outcome: 'interrupted', ...none },
      { id: 3, outcome: 'dropped', ...none, sent: Number.NaN },
    ]);
    assert.equal(failedWaits(table), 1);
  });

  test('for the whole answer count from the intended start and stand from when they were sent', () => {
    assert.deepEqual(slowIntervals(TABLE, [], 'latency'), {
      request: Float64Array.of(4, 7),
      start: Float64Array.of(103, 130),
      end: Float64Array.of(200, 190),
      latency: Float64Array.of(100, 60),
    });
  });

  test('for the first token end with it, also where the plan cut the stream off', () => {
    assert.deepEqual(slowIntervals(TABLE, [], 'ttft'), {
      request: Float64Array.of(4, 9),
      start: Float64Array.of(103, 111),
      end: Float64Array.of(140, 150),
      latency: Float64Array.of(40, 40),
    });
    assert.equal(slowIntervals({ ...TABLE, details: null }, [], 'ttft').start.length, 0);
  });

  test('for the next chunk are its gaps, several a request, and none of requests that failed', () => {
    const chunks = [
      chunksOf([
        [4, 140, Number.NaN],
        [4, 165, 25],
        [2, 165, 5],
      ]),
      chunksOf([[4, 200, 35]]),
    ];
    assert.deepEqual(slowIntervals(TABLE, chunks, 'gap'), {
      request: Float64Array.of(4, 4),
      start: Float64Array.of(140, 165),
      end: Float64Array.of(165, 200),
      latency: Float64Array.of(25, 35),
    });
  });
});
