import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { HotspotsDocument } from '../../src/report/hotspots-document.ts';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { tailflame } from '../support/tailflame.ts';

/** Stands for a machine's nvidia-smi: a GPU busy in odd seconds, told every 200 ms as the real one does. */
const NVIDIA_SMI = `#!${process.execPath}
const two = (n) => String(n).padStart(2, '0');
process.stdout.write('timestamp, index, name, utilization.gpu [%], memory.used [MiB], power.draw [W]\\n');
setInterval(() => {
  const now = new Date();
  const busy = Math.floor((now.getTime() - 100) / 1000) % 2 === 1 ? 100 : 0;
  const day = now.getFullYear() + '/' + two(now.getMonth() + 1) + '/' + two(now.getDate());
  const time = two(now.getHours()) + ':' + two(now.getMinutes()) + ':' + two(now.getSeconds()) + '.' + String(now.getMilliseconds()).padStart(3, '0');
  process.stdout.write(day + ' ' + time + ', 0, NVIDIA H100, ' + busy + ' %, 2048 MiB, 300.00 W\\n');
}, 200);
`;

test('what ran while the GPU was idle comes first there, though it is not the hottest', async () => {
  const cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-gpu-'));
  const server = spawn(process.execPath, [path.resolve('out/test/support/alternating-server.child.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const before = process.env['PATH'];
  try {
    const [port] = (await once(server.stdout, 'data')) as [Buffer];
    const url = `http://127.0.0.1:${port.toString().trim()}/`;
    await writeFile(path.join(cwd, 'nvidia-smi'), NVIDIA_SMI);
    await chmod(path.join(cwd, 'nvidia-smi'), 0o755);
    process.env['PATH'] = `${cwd}${path.delimiter}${before}`;
    const result = await tailflame(
      cwd,
      'run',
      url,
      '--rate',
      '40',
      '--duration',
      '6s',
      '--warmup',
      '0s',
      '--profile',
      'auto',
      '--json',
    );
    assert.equal(result.code, 0, result.stderr);
    const run = JSON.parse(result.stdout) as RunDocument;
    const files = await readdir(path.join(cwd, run.run));
    assert.ok(files.includes('telemetry.parquet') && files.includes('nvidia-smi.csv'));
    const spots = async (...options: string[]): Promise<HotspotsDocument> =>
      JSON.parse((await tailflame(cwd, 'hotspots', run.run, '--json', ...options)).stdout) as HotspotsDocument;
    const total = (document: HotspotsDocument, name: string): number =>
      document.functions.find((entry) => entry.function === name)?.total ?? 0;
    const all = await spots();
    const idle = await spots('--gpu-idle');
    assert.ok(total(all, 'launchKernels') > 1.5 * total(all, 'tokenize'));
    assert.ok(total(idle, 'tokenize') > 4 * total(idle, 'launchKernels'), JSON.stringify(idle.functions.slice(0, 4)));
    assert.ok(total(idle, 'tokenize') > 0.8 * total(all, 'tokenize'));
    // The same CSV, recorded elsewhere and given as a file.
    const recorded = path.join(cwd, run.run, 'nvidia-smi.csv');
    const refused = await tailflame(
      cwd,
      'run',
      url,
      '--rate',
      '20',
      '--duration',
      '1s',
      '--warmup',
      '0s',
      '--gpu',
      `${recorded}.none`,
    );
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /GPU file .* cannot be read/);
  } finally {
    process.env['PATH'] = before;
    server.kill();
    await rm(cwd, { recursive: true, force: true });
  }
});
