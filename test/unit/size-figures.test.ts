import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { runResultView } from '../../src/report/run-result-view.ts';
import { openRun } from '../../src/runner/opened/open-run.ts';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { concludedRun, type MadeRequest, streamPlan } from '../support/stream-run.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'tailflame-sizes-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const documentOf = async (requests: readonly MadeRequest[]): Promise<RunDocument> =>
  (await concludedRun(folder, streamPlan(), requests)).document;
/** Answered after as many ms as it holds rows, its first chunk after half of them. */
const batch = (size: number, more: Partial<MadeRequest> = {}): MadeRequest => ({
  intended: 3000,
  chunks: [3000 + size / 2],
  end: 3000 + size,
  details: { size, inputTokens: 7 },
  ...more,
});

test('few sizes of batches are told each, with what failed and what was cut off', async () => {
  const requests = [
    ...new Array<MadeRequest>(80).fill(batch(8)),
    ...new Array<MadeRequest>(6).fill(batch(1)),
    batch(1, { outcome: 'status' }),
    batch(1, { outcome: 'cancelled' }),
    batch(1, { outcome: 'interrupted' }),
    batch(1, { outcome: 'dropped', end: Number.NaN }),
    batch(1, { details: {} }),
  ];
  const { sizes } = await documentOf(requests);
  assert.deepEqual(
    sizes!.map(({ from, to, unit, answered, failed, latency, ttft }) => [
      [from, to, unit],
      [answered, failed],
      [latency.count, latency.p50, latency.p95],
      [ttft!.count, ttft!.p50],
    ]),
    [
      [
        [1, 1, 'rows'],
        [7, 1],
        [6, 1, null],
        [7, 0.5],
      ],
      [
        [8, 8, 'rows'],
        [80, 0],
        [80, 8, 8],
        [80, 4],
      ],
    ],
  );
});

test('where batches do not differ, prompts do; many lengths are in groups of about as many, none in two', async () => {
  // Lengths 1 to 600, one each, and 300 of length 1000.
  const lengths = [...Array.from({ length: 600 }, (_, i) => i + 1), ...new Array<number>(300).fill(1000)];
  const requests = lengths.map((inputTokens) => ({ ...batch(4), details: { size: 1, inputTokens } }));
  const run = await concludedRun(folder, streamPlan(), requests);
  const { sizes } = await runResultView(await openRun(run.folder));
  assert.equal(sizes!.unit, 'input tokens');
  assert.deepEqual(
    sizes!.groups.map(({ from, to, answered }) => [from, to, answered]),
    [
      [1, 113, 113],
      [114, 225, 112],
      [226, 338, 113],
      [339, 450, 112],
      [451, 563, 113],
      [564, 1000, 337],
    ],
  );
  assert.deepEqual(
    sizes!.groups.map(({ p50, p95 }) => [p50, p95]),
    new Array(6).fill([4, 4]),
  );
});

test('one size, or none, says nothing by size', async () => {
  assert.equal((await documentOf([batch(4), batch(4)])).sizes, undefined);
  assert.equal((await documentOf([batch(4, { details: {} })])).sizes, undefined);
});

test('what the server says of its own times is told of whole answers', async () => {
  const timed = (serverQueue: number, serverCompute: number): MadeRequest =>
    batch(4, { details: { serverQueue, serverCompute } });
  const failed: MadeRequest = { ...timed(900, 900), outcome: 'status' };
  const { server } = await documentOf([timed(1, 10), timed(3, 20), failed, batch(4)]);
  assert.deepEqual([server!.queue.count, server!.queue.mean, server!.queue.max], [2, 2, 3]);
  assert.deepEqual([server!.compute.count, server!.compute.mean, server!.compute.max], [2, 15, 20]);
  assert.equal((await documentOf([batch(4)])).server, undefined);
});
