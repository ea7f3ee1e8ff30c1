import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { Profiling } from '../../src/runner/profiling/profiling.ts';
import { TargetInspector } from '../../src/runner/target/target-inspector.ts';
import { takeOrigin } from '../../src/runs/clock.ts';

test('a profiler that is ended while it begins is given up, nothing is sampled, and nothing is said of it', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tailflame-profiling-'));
  const args = ['--inspect=127.0.0.1:0', '-e', 'setInterval(() => {}, 1000)'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  try {
    const [said] = (await once(child.stderr, 'data')) as [Buffer];
    const url = /ws:\S+/.exec(said.toString())![0];
    const choice = { target: null, cwd: folder, folder, origin: takeOrigin(), seconds: 1, native: false };
    for (const wait of [false, true]) {
      const profiling = new Profiling();
      const begun = profiling.begin({ ...choice, inspector: new TargetInspector(url) });
      if (wait) while (profiling.profiler === null) await new Promise((resolve) => setImmediate(resolve));
      const ended = profiling.end();
      assert.deepEqual(await Promise.all([begun, ended]), [false, null]);
      assert.deepEqual([profiling.profiler, profiling.trouble], [null, null]);
      assert.equal(await profiling.begin({ ...choice, inspector: new TargetInspector(url) }), false);
    }
  } finally {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
});
