import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { freePort } from '../support/free-port.ts';
import { tailflame } from '../support/tailflame.ts';

// What py-spy does to a PyTorch service with its native threads: p99 of the profiled stretch beside the unprofiled one, and whether findings
// are withheld where it is another. TORCH_PYTHON names a Python with torch, FastAPI, uvicorn and py-spy. Usage: npm run bench -- torch-sampler [runs]

const RUNS = Number(process.argv[2] ?? 10);
const MOST = 0.1;

const python = process.env['TORCH_PYTHON'];
if (python === undefined) throw new Error('TORCH_PYTHON must name a Python with torch, fastapi, uvicorn and py-spy.');
const cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-torch-'));
const rows: object[] = [];
try {
  for (let seed = 1; seed <= RUNS; seed++) {
    const { latency, profiled, findingsNote, notes } = await measure(seed);
    const ratio = profiled!.p99! / latency.p99!;
    const withheld = findingsNote?.startsWith('Findings are withheld') === true;
    const holds = withheld || Math.abs(ratio - 1) <= MOST;
    rows.push({ seed, p50: latency.p50, p99: latency.p99, profiled, ratio, withheld, findingsNote, notes, holds });
    process.stdout.write(
      `${seed}: p99 ${latency.p99!.toFixed(1)} ms, profiled ${profiled!.p99!.toFixed(1)} ms (${ratio.toFixed(2)}), ` +
        `${withheld ? 'withheld' : 'told'}; ${notes.join(' ')}\n`,
    );
  }
  await mkdir('docs/accuracy', { recursive: true });
  await writeFile('docs/accuracy/torch-sampler.json', `${JSON.stringify(rows, null, 1)}\n`);
} finally {
  await rm(cwd, { recursive: true, force: true });
}

async function measure(seed: number): Promise<RunDocument> {
  const port = await freePort();
  const server = spawn(python!, [path.resolve('test/bench/torch_server.py')], {
    env: { ...process.env, PORT: String(port) },
    stdio: 'ignore',
  });
  try {
    const origin = `http://127.0.0.1:${port}`;
    while (!(await fetch(`${origin}/healthz`).catch(() => null))?.ok) await sleep(200);
    const load = ['--rate', '60', '--duration', '15s', '--warmup', '2s', '--seed', String(seed)];
    const body = ['-d', '{"rows":64}', '-H', 'content-type: application/json'];
    const { stdout, stderr } = await tailflame(
      cwd,
      'run',
      `${origin}/embed`,
      ...body,
      ...load,
      '--profile',
      'auto',
      '--json',
    );
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as RunDocument;
  } finally {
    server.kill('SIGKILL');
    await once(server, 'exit');
  }
}
