import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { PySpyProfiler } from '../../src/profile/capture/py-spy.ts';
import { takeOrigin } from '../../src/runs/clock.ts';

/** Its last argument is where its profile goes, and what it writes there is none. */
const PROGRAM = `#!/bin/sh
[ "$1" = --version ] && exit 0
for last; do :; done
trap 'echo "[broken" > "$last"; exit 0' INT
echo Sampling process
while :; do sleep 0.1; done
`;

test('a profile that cannot be read is said to be what it is', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tailflame-py-spy-'));
  const command = path.join(folder, 'py-spy');
  try {
    await writeFile(command, PROGRAM);
    await chmod(command, 0o755);
    const options = { command, pid: process.pid, folder, origin: takeOrigin(), seconds: 5, native: false };
    const profiler = new PySpyProfiler(options);
    await profiler.start();
    await assert.rejects(profiler.stop(), {
      name: 'CaptureError',
      message: /^py-spy left no readable profile: .*JSON/,
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
