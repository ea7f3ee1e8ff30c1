import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { HotspotsDocument } from '../../src/report/hotspots-document.ts';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { makeNvidiaSmi } from '../support/fake-nvidia-smi.ts';
import { type CommandResult, tailflame } from '../support/tailflame.ts';

test('what ran while the GPU was idle comes first there, though it is not the hottest', async () => {
  const cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-gpu-'));
  const server = spawn(process.execPath, [path.resolve('out/test/support/alternating-server.child.mjs')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const before = process.env['PATH'];
  try {
    const [port] = (await once(server.stdout, 'data')) as [Buffer];
    const url = `http://127.0.0.1:${port.toString().trim()}/`;
    const program = await makeNvidiaSmi(cwd);
    const run = async (...options: string[]): Promise<CommandResult> =>
      tailflame(cwd, 'run', url, '--rate', '40', '--warmup', '0s', '--json', ...options);

    // Recorded elsewhere while the run went on, and given as a file.
    const recorded = path.join(cwd, 'recorded.csv');
    const recorder = spawn(program, { stdio: ['ignore', openSync(recorded, 'w'), 'inherit'] });
    const result = await run('--duration', '6s', '--profile', 'auto', '--gpu', recorded);
    recorder.kill();
    assert.equal(result.code, 0, result.stderr);
    const { run: folder } = JSON.parse(result.stdout) as RunDocument;
    assert.ok((await readdir(path.join(cwd, folder))).includes('telemetry.parquet'));
    const spots = async (...options: string[]): Promise<HotspotsDocument> =>
      JSON.parse((await tailflame(cwd, 'hotspots', folder, '--json', ...options)).stdout) as HotspotsDocument;
    const total = (document: HotspotsDocument, name: string): number =>
      document.functions.find((entry) => entry.function === name)?.total ?? 0;
    const all = await spots();
    const idle = await spots('--gpu-idle');
    const ranked = idle.functions.filter(({ function: name }) => name === 'tokenize' || name === 'launchKernels');
    assert.ok(total(all, 'launchKernels') > 1.5 * total(all, 'tokenize'));
    assert.equal(ranked[0]?.function, 'tokenize', JSON.stringify(idle.functions.slice(0, 4)));
    assert.ok(total(idle, 'tokenize') > 2.5 * total(idle, 'launchKernels'), JSON.stringify(ranked));
    assert.ok(total(idle, 'tokenize') > 0.8 * total(all, 'tokenize'));

    // Running on this machine, found on the path.
    process.env['PATH'] = `${cwd}${path.delimiter}${before}`;
    const live = JSON.parse((await run('--duration', '2s')).stdout) as RunDocument;
    const files = await readdir(path.join(cwd, live.run));
    assert.ok(files.includes('telemetry.parquet') && files.includes('nvidia-smi.csv'), files.join(' '));

    const refused = await run('--duration', '1s', '--gpu', `${recorded}.none`);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /GPU file .* cannot be read/);
  } finally {
    process.env['PATH'] = before;
    server.kill();
    await rm(cwd, { recursive: true, force: true });
  }
});
