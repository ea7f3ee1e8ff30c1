import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { HistoryDocument } from '../../src/find/history.ts';
import type { RunDocument } from '../../src/runs/run-document.ts';
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
  const empty = await tailflame(cwd, 'history', path.join(cwd, '.tailflame'));
  assert.equal(empty.code, 2);
  assert.match(empty.stderr, /^\S+ is not a run: it has no run\.json\. Give a folder from \.tailflame\/runs\.\n$/);
});

test('a run is shown again as text while its document goes to a file, or as one form of it alone', async (context) => {
  const cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-report-'));
  context.after(() => rm(cwd, { recursive: true, force: true }));
  const folder = await storeRun(cwd, 'whole', documentOf());
  const first = await tailflame(cwd, 'report', '--json', folder);
  assert.equal((JSON.parse(first.stdout) as RunDocument).load.completed, 600, first.stderr);
  const none = await tailflame(cwd, 'report', '--json');
  assert.deepEqual([none.code, none.stderr], [2, 'Name a run: a folder from .tailflame/runs.\n']);
  const both = await tailflame(cwd, 'report', folder, '--csv', '-', '--json');
  assert.deepEqual([both.code, both.stdout], [2, '']);
  assert.match(both.stderr, /^Only one of --json, --csv can go to standard output: name a file for the rest\.$/m);
  const { code, stdout, stderr } = await tailflame(cwd, 'report', folder, '--json', 'whole.json');
  assert.equal(code, 0, stderr);
  assert.match(stdout, /Measured: 600 requests in 10 s\./);
  assert.equal((JSON.parse(await readFile(path.join(cwd, 'whole.json'), 'utf8')) as RunDocument).load.completed, 600);
});
