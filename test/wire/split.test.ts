import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { LiveResultView } from '../../src/report/live-result-view.ts';
import type { ResultView } from '../../src/report/result-view.ts';
import { runResultView } from '../../src/report/run-result-view.ts';
import { RunnerClient } from '../../src/runner/client.ts';
import { openRun, requestTables } from '../../src/runner/opened/open-run.ts';
import { REQUEST_COLUMNS } from '../../src/runs/request-table.ts';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { RUNNER_FILE } from '../../src/runs/runner-mark.ts';
import { listen } from '../support/answering-server.ts';
import { DIST } from '../support/dist.ts';
import { requestOf, runPlan } from '../support/finished-run.ts';
import { planOf } from '../support/plans.ts';
import { assertRan, tailflame } from '../support/tailflame.ts';

let cwd = '';
let server: { port: number; stop(): void };
let served: Record<string, number> = {};
/** Requests that see whether anybody is there. */
const BEFORE_LOAD = 2;

/** Three of four are hits after 5 ms, the others misses after 60 ms; every twentieth says nothing of it after 20 ms. */
before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-split-'));
  let count = 0;
  server = await listen(
    http.createServer((_, response) => {
      const number = count++;
      const kind = number % 20 === 19 ? 'none' : number % 4 === 3 ? 'miss' : 'hit';
      served[kind] = (served[kind] ?? 0) + 1;
      if (kind !== 'none') response.setHeader('X-Cache', kind);
      setTimeout(() => response.end('ok'), { hit: 5, miss: 60, none: 20 }[kind]);
    }),
  );
});
after(async () => {
  server.stop();
  await rm(cwd, { recursive: true, force: true });
});

const url = (): string => `http://127.0.0.1:${server.port}/`;

/** Asserts that the table says what the server did, and returns how often each value came. */
function knownCounts(document: RunDocument): Record<string, number> {
  const { header, groups } = document.split!;
  assert.equal(header, 'x-cache');
  assert.deepEqual(
    groups.map(({ value }) => value),
    ['hit', 'miss', 'none'],
    'the most frequent first',
  );
  for (const { value, answered, failed, latency } of groups) {
    assert.deepEqual([latency.count, failed], [answered, 0], value);
    // What was asked before the load is served and not measured.
    const before = served[value]! - answered;
    assert.ok(before >= 0 && before <= BEFORE_LOAD, `${value}: ${answered} of ${served[value]} served`);
    const delay = { hit: 5, miss: 60, none: 20 }[value]!;
    assert.ok(latency.p50! >= delay - 1 && latency.p50! < delay + 12, `p50 of ${value}: ${latency.p50}`);
  }
  assert.equal(
    groups.reduce((sum, { answered }) => sum + answered, 0),
    document.load.completed,
  );
  return Object.fromEntries(groups.map(({ value, answered }) => [value, answered]));
}

test('the table shows the known delay of each value and how often it came, from the command line to the CSV', async () => {
  const args = ['--rate', '200', '--arrivals', 'constant', '--duration', '3s', '--warmup', '0s'];
  served = {};
  const { code, stdout, stderr } = await tailflame(cwd, 'run', url(), ...args, '--split', 'X-Cache', '--json');
  assertRan({ code, stderr });
  const document = JSON.parse(stdout) as RunDocument;
  const counts = knownCounts(document);
  const table = stderr.slice(stderr.indexOf('x-cache '));
  assert.match(table, /^x-cache +answered +failed +p50 +p95 +p99\n/);
  for (const [value, count] of Object.entries(counts)) {
    assert.match(table, new RegExp(`^ {2}${value} +${count} +0 +`, 'm'));
  }
  const folder = path.join(cwd, document.run);
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(path.join(folder, 'requests.parquet')) });
  for (const [value, count] of Object.entries(counts)) {
    assert.equal(rows.filter(({ group }) => group === value).length, count, `rows of ${value}`);
  }
  const csv = await tailflame(cwd, 'report', folder, '--csv', '-');
  const lines = csv.stdout.trim().split('\n');
  assert.match(lines[0]!, /,iteration,group$/);
  for (const [value, count] of Object.entries(counts)) {
    assert.equal(lines.filter((line) => line.endsWith(`,${value}`)).length, count, value);
  }
  const view = await runResultView(await openRun(folder));
  assert.deepEqual(
    view.split!.groups,
    document.split!.groups.map(({ value, answered, latency: { p50, p95, p99 } }) => ({
      value,
      answered,
      p50,
      p95,
      p99,
    })),
  );
});

test('two generators come to one table, and it is told while the run goes on', async () => {
  served = {};
  const plan = planOf(url(), steadyRate(200, 3000), { generators: 2, split: 'x-cache' });
  const seen: { live: LiveResultView | null; last: ResultView | null } = { live: null, last: null };
  const client = new RunnerClient(DIST, requestOf(plan, cwd, { detail: true }), (event) => {
    if (event.type === 'folder') seen.live = new LiveResultView(event.document);
    if (event.type !== 'update') return;
    seen.live!.update(event.update);
    seen.last = seen.live!.view;
  });
  const { document, folder } = await client.result;
  assert.ok(knownCounts(document)['miss']! > 80);
  const run = await openRun(folder);
  for await (const { group, intended, end } of requestTables(run)) {
    group.forEach((index, row) => {
      const { value } = run.document.split!.groups[index]!;
      const least = { hit: 5, miss: 60, none: 20 }[value]!;
      assert.ok(end[row]! - intended[row]! >= least - 1, `${value} after ${end[row]! - intended[row]!} ms`);
    });
  }
  assert.equal(seen.last!.split!.header, 'x-cache');
  assert.deepEqual(
    seen.last!.split!.groups.map(({ value, answered }) => [value, answered]),
    document.split!.groups.map(({ value, answered }) => [value, answered]),
  );
});

test('a run that was cut off has its table from the log, and runs without the column still open', async () => {
  const plan = planOf(url(), steadyRate(200, 60_000), { split: 'x-cache' });
  const folder = path.join(cwd, 'cut');
  const seen = { folder: '', updates: 0 };
  await new Promise<void>((resolve, reject) => {
    const client = new RunnerClient(DIST, requestOf(plan, cwd, { detail: true }), (event) => {
      if (event.type === 'folder') seen.folder = event.folder;
      if (event.type !== 'update' || ++seen.updates !== 3) return;
      // The folder as a crash at this moment would leave it, but for the mark of the runner, which lives on a while.
      cp(seen.folder, folder, { recursive: true, filter: (file) => path.basename(file) !== RUNNER_FILE }).then(
        () => client.stop(),
        reject,
      );
    });
    client.result.then(() => resolve(), reject);
  });
  const run = await openRun(folder);
  assert.equal(run.document.state, 'interrupted');
  assert.deepEqual(run.document.split!.groups.map(({ value }) => value).sort(), ['hit', 'miss', 'none']);
  const groups = Object.fromEntries(run.document.split!.groups.map(({ value, latency }) => [value, latency.p50!]));
  assert.ok(groups['hit']! < 20 && groups['miss']! >= 59, JSON.stringify(groups));

  // A log of before the column was.
  const old = await runPlan(planOf(url(), steadyRate(100, 1000)), cwd);
  assert.equal(old.document.split, undefined);
  assert.ok(old.requests.group.every(Number.isNaN));
  const columns = REQUEST_COLUMNS.filter((name) => name !== 'group');
  const made = path.join(cwd, 'old');
  await cp(old.folder, made, { recursive: true });
  await rm(path.join(made, 'requests.parquet'));
  const document = JSON.parse(await readFile(path.join(made, 'run.json'), 'utf8')) as RunDocument;
  delete (document.plan as { split?: unknown }).split;
  await writeFile(path.join(made, 'run.json'), JSON.stringify({ ...document, state: 'running' }));
  const rows = Float64Array.from(
    [...old.requests.id.keys()].flatMap((row) => columns.map((name) => old.requests[name][row]!)),
  );
  const head = Buffer.from(`${JSON.stringify({ columns, type: 'float64le' })}\n`);
  await writeFile(path.join(made, 'requests.log'), Buffer.concat([head, Buffer.from(rows.buffer)]));
  const [phase] = document.phases;
  await writeFile(path.join(made, 'events.jsonl'), `${JSON.stringify({ type: 'phase', ...phase })}\n`);
  const opened = await openRun(made);
  assert.equal(opened.plan.split, null);
  assert.deepEqual(opened.document.latency, old.document.latency);
  assert.equal((await runResultView(opened)).split, null);
});
