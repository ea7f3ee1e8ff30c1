import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { runSummary } from '../../src/report/run-summary.ts';
import { LONGEST_LISTED, RunCatalog } from '../../src/runs/run-catalog.ts';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { RUN_FILE, RUNS_FOLDER } from '../../src/runs/run-folder.ts';
import { LABEL_FILE, writeLabel } from '../../src/runs/run-label.ts';
import { EVENT_LOG } from '../../src/runs/run-log.ts';
import { markRunner, RUNNER_FILE } from '../../src/runs/runner-mark.ts';
import { documentOf, storeRun } from '../support/stored-run.ts';

let base: string;

before(() => {
  base = mkdtempSync(path.join(os.tmpdir(), 'tailflame-catalog-'));
});

after(() => rmSync(base, { recursive: true, force: true }));

function here(name: string): string {
  const folder = path.join(base, name);
  mkdirSync(folder);
  return folder;
}

test('runs are listed with what is kept of them and what a person gave them', async () => {
  const workspace = here('listed');
  const folder = await storeRun(workspace, 'a', documentOf());
  await writeLabel(folder, { name: 'first', pinned: true, baseline: false });
  const [run, ...others] = await new RunCatalog(runSummary).read([workspace, here('without-runs')]);
  assert.deepEqual(others, []);
  assert.equal(run?.folder, folder);
  assert.equal(run.summary?.target, 'POST /predict');
  assert.equal(run.summary.loadText, '60/s for 10s');
  assert.deepEqual(run.label, { name: 'first', pinned: true, baseline: false });
  assert.equal(run.problem, null);
});

test('a broken run is listed with the reason, the others beside it', async () => {
  const workspace = here('broken');
  await storeRun(workspace, 'cut', '{"schema": "tailflame.run/1", "verd');
  await storeRun(workspace, 'newer', '{"schema": "tailflame.run/2"}');
  await storeRun(workspace, 'empty', '');
  await storeRun(workspace, 'null', 'null');
  await storeRun(workspace, 'partial', JSON.stringify({ ...documentOf(), latency: undefined, load: { rate: 1 } }));
  await storeRun(workspace, 'plan', JSON.stringify({ ...documentOf(), plan: { scenarios: 3 } }));
  await storeRun(workspace, 'good', documentOf());
  const runs = await new RunCatalog(runSummary).read([workspace]);
  const reason = (name: string): string =>
    runs.find(({ folder }) => path.basename(folder) === name)?.problem ?? 'no reason';
  assert.match(reason('cut'), /run\.json is damaged: .*JSON/);
  assert.match(reason('newer'), /tailflame\.run\/2.*Update it/);
  assert.match(reason('empty'), /run\.json is damaged/);
  assert.match(reason('null'), /written as undefined/);
  assert.match(reason('partial'), /run\.json is not whole: "latency", "load" cannot be read/);
  assert.match(reason('plan'), /run\.json is not whole: "plan" cannot be read/);
  assert.equal(runs.filter(({ summary }) => summary !== null).length, 1);
  assert.equal(runs.length, 7);
});

test('a run of a size that a list cannot wait for is listed unread', async () => {
  const workspace = here('large');
  await storeRun(workspace, 'a', `${JSON.stringify(documentOf())}${' '.repeat(LONGEST_LISTED)}`);
  const [run] = await new RunCatalog(runSummary).read([workspace]);
  assert.match(run?.problem ?? '', /has 8 MB, too much for a list/);
});

test('only what has changed is read again', async () => {
  const workspace = here('changed');
  const [a, b] = [await storeRun(workspace, 'a', documentOf()), await storeRun(workspace, 'b', documentOf())];
  const read: string[] = [];
  const catalog = new RunCatalog((document: RunDocument) => read.push(path.basename(document.run)));
  await catalog.read([workspace]);
  assert.deepEqual(read.splice(0).sort(), ['a', 'b']);
  await catalog.read([workspace]);
  assert.deepEqual(read, []);
  await writeLabel(a, { name: 'x', pinned: false, baseline: false });
  const [labelled] = (await catalog.read([workspace])).filter(({ folder }) => folder === a);
  assert.equal(labelled?.label.name, 'x');
  assert.deepEqual(read, [], 'a label is no reason to read the run again');
  writeFileSync(path.join(b, RUN_FILE), JSON.stringify({ ...documentOf(), run: 'b' }));
  rmSync(a, { recursive: true });
  assert.deepEqual(
    (await catalog.read([workspace])).map(({ folder }) => folder),
    [b],
  );
  assert.deepEqual(read, ['b']);
});

test('a run that has not ended is under way while its runner is alive, and not by what is left of one', async () => {
  const workspace = here('open');
  const folder = await storeRun(workspace, 'a', documentOf({ state: 'running' }));
  const catalog = new RunCatalog(runSummary);
  const underWay = async (): Promise<boolean | undefined> => (await catalog.read([workspace]))[0]?.underWay;
  writeFileSync(path.join(folder, EVENT_LOG), '');
  assert.equal(await underWay(), false, 'a log that has just been written is no runner');
  await markRunner(folder);
  assert.equal(await underWay(), true);
  const file = path.join(folder, RUNNER_FILE);
  const mark = JSON.parse(readFileSync(file, 'utf8')) as { pid: number; started: string; space: string };
  const change = (more: object): void => writeFileSync(file, JSON.stringify({ ...mark, ...more }));
  change({ started: '1' });
  assert.equal(await underWay(), false, 'another process has its number now');
  change({ pid: 2 ** 22 + 1 });
  assert.equal(await underWay(), false, 'there is no such process');
  for (const damaged of ['', '{', 'null', '[]', '{"pid": -1, "space": ""}']) {
    writeFileSync(file, damaged);
    assert.equal(await underWay(), false, damaged);
  }
  // Whose processes cannot be seen from here is known by its log alone.
  change({ space: 'another machine' });
  assert.equal(await underWay(), true);
  const earlier = Date.now() / 1000 - 60;
  utimesSync(path.join(folder, EVENT_LOG), earlier, earlier);
  assert.equal(await underWay(), false);
});

test('500 runs are listed in well under a second', async () => {
  const workspace = here('many');
  const text = JSON.stringify(
    { ...documentOf(), notes: Array.from({ length: 100 }, () => 'A note. '.repeat(10)) },
    null,
    2,
  );
  for (let i = 0; i < 500; i++) {
    const folder = path.join(workspace, RUNS_FOLDER, `run-${i}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, RUN_FILE), text);
    writeFileSync(path.join(folder, LABEL_FILE), '{"pinned": true}');
  }
  // The best of three: what else this machine does meanwhile is not what is promised.
  const took = async (read: () => Promise<unknown[]>): Promise<number> => {
    const times: number[] = [];
    for (let i = 0; i < 3; i++) {
      const before = performance.now();
      assert.equal((await read()).length, 500);
      times.push(performance.now() - before);
    }
    return Math.min(...times);
  };
  const first = await took(() => new RunCatalog(runSummary).read([workspace]));
  assert.ok(first < 700, `first ${first} ms`);
  const catalog = new RunCatalog(runSummary);
  await catalog.read([workspace]);
  const again = await took(() => catalog.read([workspace]));
  assert.ok(again < 300, `again ${again} ms`);
});
