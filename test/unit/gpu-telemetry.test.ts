import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { GpuTelemetry } from '../../src/runner/telemetry/gpu-telemetry.ts';
import type { Told } from '../../src/runner/telemetry/telemetry-source.ts';

const RUN_MS = 10_000;

/** As nvidia-smi writes a moment, in local time. */
function stamp(unixMs: number): string {
  const date = new Date(unixMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('/');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return `${day} ${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

/** What is told of a run of ten seconds by its own clock, over which the wall clock went `step` ms further. */
async function told(step: number): Promise<Told> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'gpu-telemetry-'));
  try {
    const unixMs = Date.now() - RUN_MS - step;
    const rows = Array.from({ length: 40 }, (_, i) => `${stamp(unixMs + 200 * (i + 1))}, 0, 50 %`);
    const file = path.join(folder, 'gpu.csv');
    await writeFile(file, `timestamp, index, utilization.gpu [%]\n${rows.join('\n')}\n`);
    const gpu = new GpuTelemetry(file);
    await gpu.check();
    const now = (): number => Date.now() - unixMs - step;
    await gpu.begin({ folder, origin: { monotonicMs: 0, unixMs }, target: null, now });
    return await gpu.finish();
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('what nvidia-smi told by a clock that was set during the run is left out, and it is said why', async () => {
  const steady = await told(0);
  assert.equal(steady.trouble, null);
  assert.ok(steady.series.length > 0);
  const stepped = await told(3000);
  assert.deepEqual(stepped.series, []);
  assert.match(stepped.trouble ?? '', /^The clock of this machine went 3\.0 s ahead during the run/);
});
