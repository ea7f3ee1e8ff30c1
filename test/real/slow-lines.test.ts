import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { PySpyProfiler } from '../../src/profile/capture/py-spy.ts';
import type { HotspotsDocument } from '../../src/report/hotspots-document.ts';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { tailflame } from '../support/tailflame.ts';

const python = process.env['TAILFLAME_TEST_PYTHON'] ?? '';
let cwd: string;

before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-lines-'));
});
after(() => rm(cwd, { recursive: true, force: true }));

async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as net.AddressInfo;
  server.close();
  return port;
}

interface Example {
  readonly command: string;
  readonly path: string;
  readonly body: string;
  readonly load: readonly string[];
}
const NODE: Example = {
  command: `"${process.execPath}" "${path.resolve('examples/node-classifier/server.mjs')}"`,
  path: '/predict',
  body: '{"reading":[0.1,0.4,0.2,0.9,0.3,0.5,0.7,0.6]}',
  load: ['--rate', '60', '--duration', '12s'],
};
const PYTHON: Example = {
  command: `"${python}" "${path.resolve('examples/fastapi-sklearn/server.py')}"`,
  path: '/rank',
  body: '{"customer":7,"products":[1,2,3,4,5]}',
  load: ['--rate', '35', '--duration', '15s'],
};

async function findSlowLines(example: Example, env: Record<string, string> = {}): Promise<RunDocument> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  process.env['PORT'] = String(port);
  Object.assign(process.env, env);
  const start = ['--start', example.command, '--ready', `${url}/healthz`];
  const body = ['-d', example.body, '-H', 'content-type: application/json', '--warmup', '1s'];
  const result = await tailflame(
    cwd,
    'run',
    `${url}${example.path}`,
    ...body,
    ...example.load,
    ...start,
    '--profile',
    'auto',
    '--json',
  );
  for (const name of Object.keys(env)) delete process.env[name];
  assert.equal(result.code, 0, result.stderr);
  return JSON.parse(result.stdout) as RunDocument;
}

async function hotspotsOf(run: string, ...options: string[]): Promise<HotspotsDocument> {
  const { stdout, stderr, code } = await tailflame(cwd, 'hotspots', run, '--json', ...options);
  assert.equal(code, 0, stderr);
  return JSON.parse(stdout) as HotspotsDocument;
}

/** The 1-based line of a file that contains the text. */
async function lineOf(file: string, text: string): Promise<number> {
  return (await readFile(file, 'utf8')).split('\n').findIndex((line) => line.includes(text)) + 1;
}

describe('the slow path of an example', () => {
  test('node-classifier: its function and line are the first finding, and not the hottest overall', async () => {
    const run = await findSlowLines(NODE);
    const file = path.resolve('examples/node-classifier/drift.mjs');
    assert.equal(run.findings[0]?.function, 'energyDistance', run.findingsNote ?? '');
    assert.equal(run.findings[0]?.file, file);
    assert.equal(run.findings[0]?.line, await lineOf(file, 'across += '));
    assert.equal(run.profile?.kind, 'v8');
    assert.ok(run.profiled !== null && run.latency.count > 500);
    const all = await hotspotsOf(run.run);
    const tail = await hotspotsOf(run.run, '--tail');
    assert.equal(all.functions[0]?.function, 'features');
    assert.equal(tail.functions[0]?.function, 'energyDistance');
    const files = await readdir(path.join(cwd, run.run));
    for (const name of ['run.json', 'requests.parquet', 'samples.parquet', 'latency.hlog', 'profile.v8-trace.json']) {
      assert.ok(files.includes(name), name);
    }
    const raw = await hotspotsOf(path.join(run.run, 'profile.v8-trace.json'));
    assert.equal(raw.functions[0]?.function, 'features');
  });

  test('fastapi-sklearn: its function and line are the first finding, and not the hottest overall', async () => {
    const run = await findSlowLines(PYTHON);
    const file = path.resolve('examples/fastapi-sklearn/customers.py');
    assert.equal(run.findings[0]?.function, 'recompute_profile', run.findingsNote ?? '');
    assert.equal(run.findings[0]?.file, file);
    assert.equal(run.findings[0]?.line, await lineOf(file, 'spending[event.kind] +='));
    const all = await hotspotsOf(run.run);
    const tail = await hotspotsOf(run.run, '--tail');
    assert.equal(all.functions[0]?.function, 'novelty_of');
    assert.equal(tail.functions[0]?.function, 'recompute_profile');
  });

  test('switched off, it is not found', async () => {
    const run = await findSlowLines(NODE, { SLOW_PATH: 'off' });
    assert.ok(!run.findings.some((finding) => finding.function === 'energyDistance'));
  });
});

test('py-spy’s samples stand where they belong on the run’s clock, to the error it states', async () => {
  // Says, on CLOCK_MONOTONIC, from when to when it was in burn().
  const program = [
    'import time',
    'def burn(until):',
    '    while time.monotonic() < until: pass',
    'while True:',
    '    begin = time.monotonic()',
    '    burn(begin + 0.06)',
    '    print(begin * 1000, time.monotonic() * 1000, flush=True)',
    '    time.sleep(0.11 + begin % 0.02)',
  ].join('\n');
  const child = spawn(python, ['-c', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (data: Buffer) => {
    said += data.toString();
  });
  try {
    await once(child.stdout, 'data');
    const profiler = new PySpyProfiler(
      path.join(path.dirname(python), 'py-spy'),
      child.pid!,
      cwd,
      { monotonicMs: 0, unixMs: 0 },
      20,
    );
    await profiler.start();
    await new Promise((resolve) => setTimeout(resolve, 6000));
    const { profile, clockError } = await profiler.stop();
    await once(child.stdout, 'data');
    const truth = said
      .trim()
      .split('\n')
      .map((line) => line.split(' ').map(Number) as [number, number]);
    const { samples, stacks, frames } = profile;
    let inside = 0;
    let outside = 0;
    samples.time.forEach((time, row) => {
      if (frames[stacks.frame[samples.stack[row]!]!]!.function !== 'burn') return;
      const tolerance = clockError + 1;
      if (truth.some(([from, to]) => time >= from - tolerance && time <= to + tolerance)) inside++;
      else outside++;
    });
    assert.ok(clockError < 15, `${clockError} ms`);
    assert.ok(inside >= 20 && outside <= 0.05 * inside, `${inside} inside, ${outside} outside`);
  } finally {
    child.kill();
  }
});
