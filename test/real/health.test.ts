import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { listen } from '../support/answering-server.ts';
import { type NullServer, startNullServer } from '../support/null-server.ts';
import { resultOf, spawnTailflame } from '../support/tailflame.ts';

// A run whose generator was the bottleneck is void, and says why; a run whose server was, is not.

let cwd = '';
let nothing: NullServer;
before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-health-'));
  nothing = await startNullServer();
});
after(async () => {
  await nothing.stop();
  await rm(cwd, { recursive: true, force: true });
});

async function load(
  url: string,
  args: string,
  under: readonly string[] = [],
): Promise<RunDocument & { code: number | null }> {
  const { code, stdout, stderr } = await resultOf(
    spawnTailflame(cwd, ['run', url, ...args.split(' '), '--json'], { under }),
  );
  assert.notEqual(stdout, '', stderr);
  const document = JSON.parse(stdout) as RunDocument;
  const { planned, completed, failed, dropped, interrupted } = document.load;
  assert.equal(completed + failed + dropped + interrupted, planned);
  return { code, ...document };
}

/** What the healthy runs and the starved one have in common. */
const MODERATE = '--rate 1500 --warmup 500ms';

test('at a moderate rate the generator is healthy, but where the machine stood still', async () => {
  const told: string[] = [];
  for (let seed = 1, healthy = 0; healthy < 2; seed++) {
    const { code, verdict, health } = await load(nothing.url, `${MODERATE} --duration 1500ms --seed ${seed}`);
    const { lateness, starved, capacity, cpu } = health;
    assert.ok(cpu! > 0.02 && cpu! < 1 && capacity! > 1500 && starved! < 0.5, JSON.stringify(health));
    assert.deepEqual([code, verdict.status], lateness.p99! > 10 ? [98, 'void'] : [0, 'measured'], verdict.sentence);
    if (code === 0) {
      assert.ok(lateness.p50! < 1, JSON.stringify(health));
      healthy++;
    } else told.push(verdict.sentence);
    assert.ok(told.length < 10, told.join('\n'));
  }
});

test('a generator that has to share its core is void, and the sentence names the CPU', async () => {
  const burn = ['-c', '0', process.execPath, '-e', 'for (;;);'];
  const burners = [1, 2, 3, 4].map(() => spawn('taskset', burn, { stdio: 'ignore' }));
  try {
    const { code, verdict, health } = await load(nothing.url, `${MODERATE} --duration 2s`, ['taskset', '-c', '0']);
    assert.equal(code, 98, verdict.sentence);
    assert.equal(verdict.status, 'void');
    assert.match(
      verdict.sentence,
      /^Not valid: Tailflame sent late .*got a core only \d+ % of the time it wanted one\. /,
    );
    assert.ok(health.starved! > 0.1, `starved ${health.starved}`);
  } finally {
    for (const burner of burners) burner.kill('SIGKILL');
  }
});

test('too few connections for a server that is not slow are void, and the sentence says how many to use', async () => {
  const server = await slowingServer(20, Number.POSITIVE_INFINITY, 0);
  try {
    const { code, verdict } = await load(
      server.url,
      '--rate 2000 --connections 4 --duration 2s --warmup 0s --timeout 1s',
    );
    assert.equal(code, 98, verdict.sentence);
    const use = /^Not valid: Tailflame ran out of connections \(4\)\. Use (\d+)\.$/.exec(verdict.sentence)?.[1];
    // 2,000 a second of 20 ms are 40 at once; what it advises has room to spare.
    assert.ok(Number(use) > 50 && Number(use) < 90, verdict.sentence);
  } finally {
    server.stop();
  }
});

test('a server that gets slow fills the pool, and that is its own result', async () => {
  // Slow half-way through the run, and slow from the load's first request on: the preflight's two were quick.
  for (const quick of [200, 2]) {
    const server = await slowingServer(5, quick, 400);
    try {
      const { code, verdict, health } = await load(
        server.url,
        '--rate 300 --connections 48 --duration 1500ms --warmup 0s',
      );
      assert.equal(code, 0, verdict.sentence);
      assert.equal(verdict.status, 'measured', verdict.sentence);
      assert.ok(health.poolWait.p99! > 100, `the pool was to fill: p99 ${health.poolWait.p99} ms`);
    } finally {
      server.stop();
    }
  }
});

/** Answers after `ms`, from the request after `quick` on after `slow`. */
async function slowingServer(ms: number, quick: number, slow: number): Promise<{ url: string; stop(): void }> {
  let count = 0;
  const server = http.createServer((_, response) => {
    setTimeout(() => response.end('ok'), ++count > quick ? slow : ms);
  });
  const { port, stop } = await listen(server);
  return { url: `http://127.0.0.1:${port}/`, stop };
}
