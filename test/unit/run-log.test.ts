import assert from 'node:assert/strict';
import { appendFile, mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { readChunkTables, writeChunks } from '../../src/runs/chunk-parquet.ts';
import { CHUNK_COLUMNS, CHUNK_WIDTH } from '../../src/runs/chunk-table.ts';
import { readRequestTables, writeRequests } from '../../src/runs/request-parquet.ts';
import { DETAIL_COLUMNS, DETAIL_WIDTH, REQUEST_COLUMNS, REQUEST_WIDTH } from '../../src/runs/request-table.ts';
import {
  CHUNK_LOG,
  EVENT_LOG,
  REQUEST_LOG,
  RunLog,
  readChunkLog,
  readEventLog,
  readRequestLog,
} from '../../src/runs/run-log.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'tailflame-log-'));
});
after(() => rm(folder, { recursive: true, force: true }));

/** Rows whose every number is another; codes of words within those there are. */
const rowsOf = (width: number, count: number, first: number): Float64Array =>
  Float64Array.from({ length: width * count }, (_, at) => first + at);
const REQUESTS = rowsOf(REQUEST_WIDTH, 3, 1000);
for (let row = 0; row < 3; row++) REQUESTS.set([row, 1, row], row * REQUEST_WIDTH);
for (let row = 0; row < 3; row++) REQUESTS.set([row % 2, row, NaN], row * REQUEST_WIDTH + 11);
const DETAILS = rowsOf(DETAIL_WIDTH, 3, 5000).with(DETAIL_WIDTH, NaN);
const CHUNKS = rowsOf(CHUNK_WIDTH, 2, 9000);
for (let row = 0; row < 2; row++) CHUNKS.set([7 + row, 1, 0, row, 12.5, row === 0 ? NaN : 3.25], row * CHUNK_WIDTH);

async function gathered<Table>(tables: AsyncIterable<Table>): Promise<Table> {
  const all: Table[] = [];
  for await (const table of tables) all.push(table);
  assert.equal(all.length, 1);
  return all[0]!;
}

async function logged(details: Float64Array | null): Promise<string> {
  const place = await mkdtemp(path.join(folder, 'run-'));
  const log = new RunLog(place, { details: details !== null, chunks: details !== null });
  log.rows(REQUESTS, details);
  log.chunks(CHUNKS);
  await log.close();
  // What a crash in the middle of a row leaves.
  await appendFile(path.join(place, REQUEST_LOG), Buffer.alloc(11));
  if (details !== null) await appendFile(path.join(place, CHUNK_LOG), Buffer.alloc(5));
  return place;
}

test('requests come out of the log and out of Parquet as they went in, with their details', async () => {
  const place = await logged(DETAILS);
  const file = path.join(place, 'requests.parquet');
  await writeRequests(file, readRequestLog(place), ['a', 'b']);
  for (const table of [await gathered(readRequestLog(place)), await gathered(readRequestTables(file, ['a', 'b']))]) {
    assert.equal(table.length, 3);
    for (let row = 0; row < 3; row++) {
      const request = REQUEST_COLUMNS.map((name) => table[name][row]);
      assert.deepEqual(request, [...REQUESTS.subarray(row * REQUEST_WIDTH, (row + 1) * REQUEST_WIDTH)]);
      const details = DETAIL_COLUMNS.map((name) => table.details![name][row]);
      assert.deepEqual(details, [...DETAILS.subarray(row * DETAIL_WIDTH, (row + 1) * DETAIL_WIDTH)]);
    }
  }
});

test('a run that keeps no details has no columns for them, and no log of chunks', async () => {
  const place = await logged(null);
  const file = path.join(place, 'requests.parquet');
  await writeRequests(file, readRequestLog(place), ['a', 'b']);
  assert.equal((await gathered(readRequestLog(place))).details, null);
  assert.equal((await gathered(readRequestTables(file, ['a', 'b']))).details, null);
  for await (const _ of readChunkLog(place)) assert.fail('there are chunks');
});

test('chunks come out of the log and out of Parquet as they went in', async () => {
  const place = await logged(DETAILS);
  const file = path.join(place, 'chunks.parquet');
  await writeChunks(file, readChunkLog(place), ['a', 'b']);
  for (const table of [await gathered(readChunkLog(place)), await gathered(readChunkTables(file, ['a', 'b']))]) {
    assert.equal(table.length, 2);
    for (let row = 0; row < 2; row++) {
      const chunk = CHUNK_COLUMNS.map((name) => table[name][row]);
      assert.deepEqual(chunk, [...CHUNKS.subarray(row * CHUNK_WIDTH, (row + 1) * CHUNK_WIDTH)]);
    }
  }
});

test('a log that cannot be written says so at once, and in the end with the file and why', async () => {
  const place = await mkdtemp(path.join(folder, 'run-'));
  for (const name of [REQUEST_LOG, CHUNK_LOG]) await mkdir(path.join(place, name));
  const words = /(requests|chunks)\.log could not be written, so the load was ended: EISDIR/;
  let failures = 0;
  const failed = new Promise<void>((resolve) => {
    const log = new RunLog(place, { details: false, chunks: true }, () => {
      failures++;
      resolve(assert.rejects(log.close(), words));
    });
    log.rows(REQUESTS, null);
  });
  await failed;
  assert.equal(failures, 1);
});

test('events come out of the log as they went in, whatever separates lines in them, but for a torn end', async () => {
  const place = await mkdtemp(path.join(folder, 'events-'));
  assert.deepEqual(await readEventLog(place), []);
  const log = new RunLog(place, { details: false, chunks: false });
  // More than one read of the file, which may end within a character.
  const sentences = Array.from({ length: 3000 }, (_, at) => `${at}\u2028 ü ${'→'.repeat(at % 50)}\r\n`);
  for (const sentence of sentences) log.event({ type: 'aborted', sentence });
  await log.close();
  await appendFile(path.join(place, EVENT_LOG), '{"type":"abor');
  const events = await readEventLog(place);
  assert.deepEqual(
    events,
    sentences.map((sentence) => ({ type: 'aborted', sentence })),
  );
  await rm(path.join(place, EVENT_LOG));
  await mkdir(path.join(place, EVENT_LOG));
  await assert.rejects(readEventLog(place), { code: 'EISDIR' }, 'what cannot be read is not nothing');
});
