import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { GpuTelemetry } from '../../src/runner/telemetry/gpu-telemetry.ts';
import type { Told } from '../../src/runner/telemetry/telemetry-source.ts';
import { until } from '../support/until.ts';

const RUN_MS = 10_000;

/** As nvidia-smi writes a moment, in local time. */
function stamp(unixMs: number): string {
  const date = new Date(unixMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('/');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${day} ${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** What is told of a run of ten seconds by its own clock, over which the wall clock went `step` ms further: by nvidia-smi, or in a file. */
async function told(by: 'nvidia-smi' | 'file', step: number): Promise<Told> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'gpu-telemetry-'));
  const search = process.env['PATH'] ?? '';
  try {
    const unixMs = Date.now() - RUN_MS - step;
    const rows = Array.from({ length: 40 }, (_, i) => `${stamp(unixMs + 200 * (i + 1))}, 0, 50 %`);
    const file = path.join(folder, 'gpu.csv');
    await writeFile(file, `timestamp, index, utilization.gpu [%]\n${rows.join('\n')}\n`);
    const isLive = by === 'nvidia-smi';
    if (isLive) {
      await writeFile(path.join(folder, by), `#!/bin/sh\ncat '${file}'\nexec sleep 60\n`, { mode: 0o755 });
      process.env['PATH'] = `${folder}${path.delimiter}${search}`;
    }
    const gpu = new GpuTelemetry(isLive ? 'query-gpu' : file);
    await gpu.check();
    const now = (): number => Date.now() - unixMs - step;
    await gpu.begin({ folder, origin: { monotonicMs: 0, unixMs }, target: null, now });
    const written = path.join(folder, 'nvidia-smi.csv');
    if (isLive) await until('what nvidia-smi tells', 5000, () => (existsSync(written) ? true : null));
    return await gpu.finish();
  } finally {
    process.env['PATH'] = search;
    await rm(folder, { recursive: true });
  }
}

test('what nvidia-smi told by a clock that was set during the run is left out, and it is said why', async () => {
  // By less than it tells its next time later nothing is moved.
  for (const step of [0, 150, -150]) {
    const steady = await told('nvidia-smi', step);
    assert.equal(steady.trouble, null);
    assert.ok(steady.series.length > 0);
  }
  const stepped = await told('nvidia-smi', 3000);
  assert.deepEqual(stepped.series, []);
  assert.match(stepped.trouble ?? '', /^The clock of this machine went 3\.0 s ahead during the run/);
});

test('what was recorded elsewhere is told whatever became of the clock of this machine', async () => {
  const { series, trouble } = await told('file', 3000);
  assert.equal(trouble, null);
  assert.ok(series.length > 0);
});
