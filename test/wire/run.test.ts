import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { plainPlan } from '../../src/load/plan/plain-plan.ts';
import { RunnerClient } from '../../src/runner/client.ts';
import { lastRun, openRequests, openRun } from '../../src/runner/opened/open-run.ts';
import { RunCatalog } from '../../src/runs/run-catalog.ts';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { listRuns } from '../../src/runs/run-folder.ts';
import { readRequestLog } from '../../src/runs/run-log.ts';
import { RUNNER_FILE } from '../../src/runs/runner-mark.ts';
import { TARGET_SERIES } from '../../src/telemetry/target-series.ts';
import { readTelemetry, TELEMETRY_FILE } from '../../src/telemetry/telemetry-parquet.ts';
import { DIST } from '../support/dist.ts';
import { requestOf } from '../support/finished-run.ts';
import { freePort } from '../support/free-port.ts';
import { startKnownServer } from '../support/known-server.ts';
import { childrenOf, isAlive } from '../support/process-tree.ts';
import { assertRan, type CommandResult, resultOf, spawnTailflame, tailflame } from '../support/tailflame.ts';
import { until } from '../support/until.ts';

const FILES = ['latency.hlog', 'requests.parquet', 'run.json', 'telemetry.parquet'];
let cwd = '';
before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-run-'));
});
after(() => rm(cwd, { recursive: true, force: true }));

const QUICK = ['--duration', '1s', '--warmup', '0s'];

test('an open run finds known delays and counts every planned request', async () => {
  const server = await startKnownServer('delays');
  try {
    const args = ['--rate', '400', '--arrivals', 'constant', '--duration', '3s', '--warmup', '500ms', '--json'];
    const { code, stdout, stderr } = await tailflame(cwd, 'run', server.url, ...args);
    const run = JSON.parse(stdout) as RunDocument;
    assertRan({ code, stderr });
    assert.equal(run.load.planned, 1200);
    const { completed, failed, dropped, interrupted } = run.load;
    assert.equal(completed + failed + dropped + interrupted, 1200);
    assert.ok(run.latency.p50! > 9.5 && run.latency.p50! < 25, `p50 ${run.latency.p50}`);
    assert.ok(run.latency.p99! > 199 && run.latency.p99! < 260, `p99 ${run.latency.p99}`);
    assert.equal(run.latency.p999, null);
    const requests = await openRequests(await openRun(path.join(cwd, run.run)));
    assert.equal(requests.phase.filter((phase) => phase === 1).length, 1200);
    assert.deepEqual((await readdir(path.join(cwd, run.run))).sort(), FILES);
    assert.equal(await readFile(path.join(cwd, '.tailflame/runs/.gitignore'), 'utf8'), '*\n');
  } finally {
    await server.stop();
  }
});

test('a closed run plans nothing', async () => {
  const server = await startKnownServer('delays');
  try {
    const { code, stdout } = await tailflame(cwd, 'run', server.url, '--users', '4', ...QUICK, '--json');
    const run = JSON.parse(stdout) as RunDocument;
    assert.equal(code, 0);
    assert.equal(run.load.planned, null);
    assert.equal(run.load.rate.asked, null);
    // Four users, 10 ms a request and every 50th 200 ms: at most 4 / 13.8 ms.
    assert.ok(run.load.completed > 100 && run.load.completed <= 300, `${run.load.completed}`);
  } finally {
    await server.stop();
  }
});

test('too few connections for the rate make a run void, and the sentence says how many to use', async () => {
  const server = await startKnownServer('steady');
  try {
    const args = ['--rate', '300', '--connections', '1', '--duration', '2s', '--warmup', '0s', '--json', '-'];
    const { code, stdout } = await tailflame(cwd, 'run', server.url, ...args);
    const run = JSON.parse(stdout) as RunDocument;
    assert.equal(code, 98);
    assert.equal(run.verdict.status, 'void');
    assert.match(run.verdict.sentence, /ran out of connections \(1\)\. Use [4-9]\./);
  } finally {
    await server.stop();
  }
});

test('each way a target can be wrong ends with its code and one clear sentence', async () => {
  const [invalid, silent] = await Promise.all([startKnownServer('invalid'), startKnownServer('silent')]);
  try {
    const cases: [string[], number, RegExp][] = [
      [['http://127.0.0.1:1/'], 3, /nothing listens on 127\.0\.0\.1:1/],
      [[invalid.url, '-d', '{}'], 3, /422 .*features.*Field required/],
      [[silent.url, '--timeout', '700ms'], 3, /no answer within 700 ms/],
      [['ftp://127.0.0.1/'], 2, /Use http:\/\/ or https:\/\//],
      [['http://'], 2, /not a URL/],
      [[silent.url, '--ratee', '5'], 2, /unknown option/],
      [[silent.url, '--rate', 'many'], 2, /must be a number/],
      [[silent.url, '--rate', '5', '--users', '5'], 2, /cannot be used with/],
      [[silent.url, '--objective', 'p99<5'], 2, /p99<5.*not an objective/],
      [[silent.url, '-d', '@none.json'], 2, /no such file/],
    ];
    for (const [args, expected, sentence] of cases) {
      const { code, stderr, stdout } = await tailflame(cwd, 'run', ...args, ...QUICK);
      assert.equal(code, expected, `${args.join(' ')}: ${stderr}`);
      assert.match(stderr, sentence);
      assert.ok(!/\n\s+at /.test(stderr), stderr);
      assert.equal(stdout, '');
    }
  } finally {
    await Promise.all([invalid.stop(), silent.stop()]);
  }
});

test('a run that is stopped while it waits for its server says so', async () => {
  const plan = plainPlan({ url: 'http://127.0.0.1:1/', method: 'GET', headers: {}, body: null });
  const client = new RunnerClient(DIST, requestOf(plan, cwd), (event) => {
    if (event.type === 'stage' && event.text === 'Preflight') setTimeout(() => client.stop(), 200);
  });
  await assert.rejects(client.result, { code: 130, message: 'Stopped before any load was sent.' });
});

test('a folder that holds a run is not given another', async () => {
  const server = await startKnownServer('steady');
  try {
    const args = ['run', server.url, '--rate', '20', ...QUICK, '--out', 'named'];
    assertRan(await tailflame(cwd, ...args));
    const before = await readFile(path.join(cwd, 'named', 'run.json'), 'utf8');
    const { code, stderr } = await tailflame(cwd, ...args);
    assert.equal(code, 2);
    assert.match(stderr, /named holds a run already; name another folder\./);
    assert.equal(await readFile(path.join(cwd, 'named', 'run.json'), 'utf8'), before);
    const atOnce = args.with(-1, 'both');
    const both = await Promise.all([tailflame(cwd, ...atOnce), tailflame(cwd, ...atOnce)]);
    const refused = both.filter((run) => run.code === 2);
    assert.equal(refused.length, 1, both.map((run) => run.stderr).join('\n'));
    assert.match(refused[0]!.stderr, /both holds a run already/);
    assertRan(both.find((run) => run.code !== 2)!);
  } finally {
    await server.stop();
  }
});

test('a server that resets fails the run, with its kind counted and the folder readable', async () => {
  const server = await startKnownServer('reset');
  try {
    const { code, stdout } = await tailflame(cwd, 'run', server.url, '--rate', '50', ...QUICK, '--json');
    const run = JSON.parse(stdout) as RunDocument;
    assert.equal(code, 99);
    assert.equal(run.errors[0]?.kind, 'reset');
    assert.equal(run.errors[0]?.count, run.load.failed);
    assert.equal(run.latency.p50, null);
    const shown = await tailflame(cwd, 'report', run.run);
    assert.equal(shown.code, 0);
    assert.match(shown.stdout, /none of \d+ requests was answered/);
  } finally {
    await server.stop();
  }
});

/** Waits until the only run of a folder has so many requests in its log, and returns the run's. */
async function logged(folder: string, requests: number): Promise<string> {
  return until(`${requests} requests in the log`, 30_000, async () => {
    const [run] = await listRuns(folder);
    // Its log may come a moment later.
    const count = run === undefined ? 0 : await countLogged(run).catch(() => 0);
    return run !== undefined && count >= requests ? run : null;
  });
}

async function countLogged(run: string): Promise<number> {
  let count = 0;
  for await (const { length } of readRequestLog(run)) count += length;
  return count;
}

test('kill -9 of the command line ends the runner within 2 s, and the run shows what was measured', async (context) => {
  const server = await startKnownServer('delays');
  const folder = await mkdtemp(path.join(cwd, 'killed-'));
  try {
    const child = spawnTailflame(folder, ['run', server.url, '--rate', '200', '--duration', '60s', '--warmup', '0s']);
    context.after(() => child.kill('SIGKILL'));
    const run = await logged(folder, 300);
    const runners = childrenOf(child.pid!);
    assert.equal(runners.length, 1);
    const generators = childrenOf(runners[0]!);
    assert.equal(generators.length, 1);
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    const isOneLeft = (): boolean => [...runners, ...generators].some(isAlive);
    await until('runner and generator to end', 2000, () => (isOneLeft() ? null : true), 20);
    const shown = await tailflame(folder, 'report', run, '--json');
    const document = JSON.parse(shown.stdout) as RunDocument;
    assert.equal(document.state, 'interrupted');
    assert.ok(document.load.completed > 200, `${document.load.completed}`);
    assert.ok(document.latency.p50! > 9.5 && document.latency.p50! < 25);
  } finally {
    await server.stop();
  }
});

test('a runner that is killed itself leaves a log, and report completes the run from it', async (context) => {
  const server = await startKnownServer('delays');
  const folder = await mkdtemp(path.join(cwd, 'crashed-'));
  try {
    const child = spawnTailflame(folder, ['run', server.url, '--rate', '200', '--duration', '60s', '--warmup', '0s']);
    context.after(() => child.kill('SIGKILL'));
    const gone = once(child, 'exit');
    const run = await logged(folder, 300);
    for (const pid of childrenOf(child.pid!)) process.kill(pid, 'SIGKILL');
    const [code] = (await gone) as [number];
    assert.equal(code, 1);
    const shown = await tailflame(folder, 'report', run, '--json');
    const document = JSON.parse(shown.stdout) as RunDocument;
    assert.equal(document.state, 'interrupted');
    assert.ok(document.load.completed > 200);
    assert.deepEqual(
      (await readdir(run)).filter((name) => name.endsWith('.log')),
      [],
    );
  } finally {
    await server.stop();
  }
});

test('a run whose generator dies is not a whole one, and not valid', async () => {
  const server = await startKnownServer('delays');
  const folder = await mkdtemp(path.join(cwd, 'generator-'));
  try {
    const load = ['--rate', '200', '--duration', '60s', '--warmup', '0s', '--objective', 'p(50)<1s'];
    const child = spawnTailflame(folder, ['run', server.url, ...load, '--json']);
    const result = resultOf(child);
    await logged(folder, 200);
    const [runner] = childrenOf(child.pid!);
    for (const pid of childrenOf(runner!)) process.kill(pid, 'SIGKILL');
    const { code, stdout } = await result;
    const { state, verdict, load: counts } = JSON.parse(stdout) as RunDocument;
    assert.deepEqual([code, state, verdict.status], [98, 'interrupted', 'void']);
    assert.equal(verdict.sentence, 'Not valid: A generator was ended by SIGKILL before it was done.');
    assert.ok(counts.completed > 100, `${counts.completed}`);
  } finally {
    await server.stop();
  }
});

/** Whether the only run of a folder is listed as under way, and what is said to who opens it. */
async function opened(
  folder: string,
): Promise<{ run: string; underWay: boolean; last: string | null; shown: CommandResult }> {
  const [entry] = await new RunCatalog(() => null).read([folder]);
  const { folder: last } = await lastRun(folder);
  return {
    run: entry!.folder,
    underWay: entry!.underWay,
    last,
    shown: await tailflame(folder, 'report', entry!.folder, '--json'),
  };
}

test('a run whose runner is alive is under way to everyone, and nobody takes it from its runner', async () => {
  const server = await startKnownServer('delays');
  const folder = await mkdtemp(path.join(cwd, 'underway-'));
  try {
    const args = [
      'run',
      server.url,
      '--rate',
      '200',
      '--arrivals',
      'constant',
      '--duration',
      '5s',
      '--warmup',
      '0s',
      '--json',
    ];
    const running = resultOf(spawnTailflame(folder, args));
    await logged(folder, 100);
    const { run, underWay, last, shown } = await opened(folder);
    assert.equal(underWay, true);
    assert.equal(last, null, 'it is not the last run yet');
    assert.deepEqual((await lastRun(folder)).underWay, [run]);
    assert.equal(shown.code, 2);
    assert.equal(shown.stderr, `${path.basename(run)} is still being measured. It can be opened when it has ended.\n`);
    await assert.rejects(openRun(run), { name: 'RunUnderWayError' });
    const { code, stdout, stderr } = await running;
    assertRan({ code, stderr });
    const document = JSON.parse(stdout) as RunDocument;
    assert.deepEqual([document.state, document.load.planned], ['finished', 1000]);
    const after = await opened(folder);
    assert.deepEqual([after.underWay, after.last, after.shown.code], [false, run, 0]);
    assert.deepEqual((await readdir(run)).sort(), FILES);
  } finally {
    await server.stop();
  }
});

test('a runner that was killed is gone at once, also where its number is given to another process', async (context) => {
  const server = await startKnownServer('delays');
  try {
    for (const reused of [false, true]) {
      const folder = await mkdtemp(path.join(cwd, 'gone-'));
      const child = spawnTailflame(folder, ['run', server.url, '--rate', '200', '--duration', '60s', '--warmup', '0s']);
      context.after(() => child.kill('SIGKILL'));
      const gone = once(child, 'exit');
      const run = await logged(folder, 400);
      const [runner] = childrenOf(child.pid!);
      const file = path.join(run, RUNNER_FILE);
      const mark = JSON.parse(await readFile(file, 'utf8')) as { pid: number };
      assert.equal(mark.pid, runner);
      // While its parent is stopped what is left of it stands in the table of processes, with its number and its start.
      child.kill('SIGSTOP');
      process.kill(runner!, 'SIGKILL');
      await until('the runner to end', 5000, () => (isAlive(runner!) ? null : true), 5);
      assert.ok(Date.now() - (await stat(path.join(run, 'events.jsonl'))).mtimeMs < 10_000, 'its log is young');
      if (reused) await writeFile(file, JSON.stringify({ ...mark, pid: process.pid }));
      const { underWay, last, shown } = await opened(folder);
      child.kill('SIGCONT');
      await gone;
      assert.deepEqual([underWay, last], [false, run]);
      assert.equal(shown.code, 0, shown.stderr);
      const document = JSON.parse(shown.stdout) as RunDocument;
      assert.equal(document.state, 'interrupted');
      assert.ok(document.load.completed > 100, `${document.load.completed}`);
      const told = await readTelemetry(path.join(run, TELEMETRY_FILE));
      assert.ok(told.find(({ name }) => name === TARGET_SERIES.cpu)!.values.length >= 2);
    }
  } finally {
    await server.stop();
  }
});

for (const signal of ['SIGHUP', 'SIGINT'] as const) {
  test(`a target that was started ends with its run where the terminal sends ${signal} to all of it`, async () => {
    const folder = await mkdtemp(path.join(cwd, 'terminal-'));
    const port = await freePort();
    const url = `http://127.0.0.1:${port}/`;
    const code = `require('http').createServer((_, answer) => answer.end(String(process.pid))).listen(${port}, '127.0.0.1')`;
    const start = ['--start', `"${process.execPath}" -e "${code}"`];
    const args = ['run', url, ...start, '--rate', '50', '--duration', '60s', '--warmup', '0s'];
    const child = spawn(process.execPath, [path.join(DIST, 'cli.cjs'), ...args], {
      cwd: folder,
      detached: true,
      stdio: 'ignore',
    });
    const gone = once(child, 'exit');
    await logged(folder, 20);
    const target = Number(await (await fetch(url)).text());
    try {
      process.kill(-child.pid!, signal);
      await gone;
      await until('the end of the target', 5000, () => (isAlive(target) ? null : true));
    } finally {
      if (isAlive(target)) process.kill(target, 'SIGKILL');
    }
  });
}
