import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/free-port.ts';
import { commandLine, descendantsOf, isAlive } from '../support/process-tree.ts';
import { assertRan, spawnTailflame, tailflame } from '../support/tailflame.ts';
import { until } from '../support/until.ts';

// Load goes to this machine only, and what was started ends with who started it.

let cwd = '';
before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-safety-'));
});
after(() => rm(cwd, { recursive: true, force: true }));

test('a tunnel on the port is not this machine: exit 2, and how to allow it', async () => {
  // A program under a tunnel's name that listens, as `ssh -L` does.
  const program =
    'require("node:http").createServer((q, s) => s.end("{}")).listen(0, "127.0.0.1", function () { console.log(this.address().port); })';
  const tunnel = spawn(process.execPath, ['-e', program], { argv0: 'ssh', stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [port] = (await once(tunnel.stdout, 'data')) as [Buffer];
    const url = `http://127.0.0.1:${port.toString().trim()}/`;
    const refused = await tailflame(cwd, 'run', url, '--rate', '20', '--duration', '1s');
    assert.equal(refused.code, 2);
    assert.match(
      refused.stderr,
      /^Port \d+ is an SSH tunnel \(process \d+\), so the load may go to another machine\. .*--allow-remote 127\.0\.0\.1\.\n$/,
    );
    const load = '--rate 20 --duration 1s --warmup 0s --allow-remote 127.0.0.1'.split(' ');
    const allowed = await tailflame(cwd, 'run', url, ...load);
    assertRan(allowed);
  } finally {
    tunnel.kill();
  }
});

test('beyond this machine nothing is sent, not even one request', async () => {
  const refused = await tailflame(cwd, 'run', 'http://192.0.2.1/predict', '--rate', '20', '--duration', '1s');
  assert.equal(refused.code, 2);
  assert.match(refused.stderr, /^192\.0\.2\.1 is not this machine\./);
});

test('kill -9 of the command line while py-spy samples: py-spy, runner and target are gone within 2 s', async (context) => {
  const python = process.env['TAILFLAME_TEST_PYTHON'] ?? '';
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const target = `"${python}" "${path.resolve('examples/fastapi-sklearn/server.py')}"`;
  const start = ['--start', target, '--ready', `${url}/healthz`, '--profile', 'auto'];
  const body = ['-d', '{"customer":7,"products":[1,2,3,4,5]}', '-H', 'content-type: application/json'];
  const load = [...body, ...'--rate 30 --duration 5s --warmup 0s'.split(' ')];
  const environment = { PORT: String(port) };
  const cli = spawnTailflame(cwd, ['run', `${url}/rank`, ...load, ...start], { environment });
  context.after(() => cli.kill('SIGKILL'));
  cli.stdout!.resume();
  cli.stderr!.resume();
  const running = (): Map<number, string> =>
    new Map(descendantsOf(cli.pid!).map((pid) => [pid, commandLine(pid)] as const));
  const isSampled = (): boolean => [...running().values()].some((command) => command.includes('py-spy\0record'));
  await until('py-spy to begin', 30_000, () => (isSampled() ? true : null), 50);
  await sleep(1500);
  const started = running();
  for (const program of ['py-spy\0record', 'fastapi-sklearn/server.py', 'runner.cjs']) {
    assert.ok(
      [...started.values()].some((command) => command.includes(program)),
      program,
    );
  }
  const folder = (await readdir(path.join(cwd, '.tailflame/runs')))
    .filter((name) => /^\d/.test(name))
    .sort()
    .at(-1)!;
  cli.kill('SIGKILL');
  const left = (): string[] => [...started].filter(([pid]) => isAlive(pid)).map(([, command]) => command);
  await until('all of them to end', 2000, () => (left().length === 0 ? true : null), 20).catch(() => {});
  assert.deepEqual(left(), []);
  const { code, stdout } = await tailflame(cwd, 'report', path.join('.tailflame/runs', folder));
  assert.equal(code, 0);
  assert.match(stdout, /1[0-9]{2} answered/);
});
