import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { answering, type Listening, listen } from '../support/answering-server.ts';
import { assertRan, spawnTailflame, tailflame } from '../support/tailflame.ts';
import { until } from '../support/until.ts';

let cwd = '';
before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-server-profile-'));
});
after(() => rm(cwd, { recursive: true, force: true }));

interface Profiled extends Listening {
  /** What came, in order, the requests of the load counted together. */
  readonly calls: string[];
}

/**
 * Profiles itself as SGLang does: where the body of POST /start_profile says, its trace written at POST /stop_profile, each refused where
 * it does not fit. Without a profiler it has no such routes, as vLLM started without one.
 */
async function startServer(kind: 'sglang' | 'none'): Promise<Profiled> {
  const calls: string[] = [];
  let output: string | null = null;
  const server = http.createServer(
    answering(({ url, method }, body) => {
      if (!url!.endsWith('_profile')) {
        if (calls.at(-1) !== 'load') calls.push('load');
        return { body: '{}' };
      }
      calls.push(`${method} ${url}`);
      if (kind === 'none') return { status: 404, body: '{"detail":"Not Found"}' };
      if (url === '/start_profile') {
        if (output !== null) return { status: 400, body: 'Profiling is already in progress.' };
        output = (JSON.parse(body.toString()) as { output_dir: string }).output_dir;
        return { body: 'Start profiling.\n' };
      }
      if (output === null) return { status: 400, body: 'Profiling is not in progress.' };
      mkdirSync(output, { recursive: true });
      writeFileSync(path.join(output, 'rank-0.trace.json.gz'), 'trace');
      output = null;
      return { body: 'Stop profiling. This will take some time.\n' };
    }),
  );
  return { ...(await listen(server)), calls };
}

const OPTIONS = ['--rate', '20', '--warmup', '0s', '--profile', 'server', '--json'];

test('the server profiles itself after what is measured, and its trace is with the run', async () => {
  const server = await startServer('sglang');
  try {
    const url = `http://127.0.0.1:${server.port}/generate`;
    const { code, stdout, stderr } = await tailflame(
      cwd,
      'run',
      url,
      '-d',
      '{"text":"a"}',
      '--duration',
      '1s',
      ...OPTIONS,
    );
    assertRan({ code, stderr });
    assert.deepEqual(server.calls, ['load', 'POST /start_profile', 'load', 'POST /stop_profile']);
    const run = JSON.parse(stdout) as RunDocument;
    assert.ok(run.latency.count > 5 && run.profiled!.count > 5);
    assert.deepEqual(
      run.phases.map(({ phase }) => phase),
      ['measured', 'transition', 'profiled'],
    );
    assert.match(run.findingsNote!, /server-profile\/rank-0\.trace\.json\.gz/);
    assert.equal(await readFile(path.join(cwd, run.run, 'server-profile', 'rank-0.trace.json.gz'), 'utf8'), 'trace');
  } finally {
    server.stop();
  }
});

test('a load that an objective ends is not profiled after it', async () => {
  const server = await startServer('sglang');
  try {
    await writeFile(
      path.join(cwd, 'abort.load.yaml'),
      `target: http://127.0.0.1:${server.port}
load: 50/s
duration: 30s
warmup: 0s
objectives:
  - { objective: p(50)<0.001, abort: true, after: 1s }
steps:
  - { post: /generate, json: {} }
`,
    );
    const { code, stdout, stderr } = await tailflame(cwd, 'run', 'abort.load.yaml', '--profile', 'server', '--json');
    assertRan({ code, stderr }, 99);
    const { phases, profiled } = JSON.parse(stdout) as RunDocument;
    assert.deepEqual([phases.length, profiled, server.calls], [1, null, ['load']]);
  } finally {
    server.stop();
  }
});

test('where there is no profiler the run says so and stands', async () => {
  const server = await startServer('none');
  try {
    const url = `http://127.0.0.1:${server.port}/generate`;
    const { code, stdout, stderr } = await tailflame(cwd, 'run', url, '-d', '{}', '--duration', '500ms', ...OPTIONS);
    assertRan({ code, stderr });
    const run = JSON.parse(stdout) as RunDocument;
    assert.match(run.findingsNote!, /POST \/start_profile answered 404/);
    assert.ok(run.latency.count > 2 && run.profiled === null);
  } finally {
    server.stop();
  }
});

test('a run that is interrupted while the server profiles itself ends that, once', async (context) => {
  const server = await startServer('sglang');
  try {
    const url = `http://127.0.0.1:${server.port}/generate`;
    const child = spawnTailflame(cwd, ['run', url, '-d', '{}', '--duration', '3s', ...OPTIONS]);
    context.after(() => child.kill('SIGKILL'));
    child.stdout!.resume();
    child.stderr!.resume();
    const ended = once(child, 'close');
    const isProfiled = (): boolean => server.calls.includes('POST /start_profile');
    await until('the profiler to begin', 30_000, () => (isProfiled() ? true : null), 20);
    await sleep(300);
    child.kill('SIGINT');
    await ended;
    assert.equal(server.calls.filter((call) => call === 'POST /stop_profile').length, 1, server.calls.join(' '));
  } finally {
    server.stop();
  }
});
