import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { HistoryDocument } from '../../src/find/history.ts';
import { documentOf, storeRun } from '../support/stored-run.ts';
import { tailflame } from '../support/tailflame.ts';

test('damaged runs are left out of a history, and counted', async (context) => {
  const cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-history-'));
  context.after(() => rm(cwd, { recursive: true, force: true }));
  await storeRun(cwd, 'whole', documentOf());
  await storeRun(cwd, 'cut-off', '{');
  const damaged = await storeRun(cwd, 'without-plan', { ...documentOf(), plan: null });
  const { code, stdout, stderr } = await tailflame(cwd, 'history', '--json');
  assert.equal(code, 0, stderr);
  const { runs, leftOut } = JSON.parse(stdout) as HistoryDocument;
  assert.deepEqual([runs.length, leftOut], [1, 2]);
  const alone = await tailflame(cwd, 'history', damaged);
  assert.deepEqual([alone.code, alone.stdout], [2, '']);
  assert.match(alone.stderr, /cannot be read: "plan" cannot be read/);
});
