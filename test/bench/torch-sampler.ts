import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { median } from '../../src/find/median.ts';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { countArgument } from '../support/count-argument.ts';
import { freePort } from '../support/free-port.ts';
import { kill } from '../support/kill.ts';
import { tailflameWith } from '../support/tailflame.ts';
import { untilServing } from '../support/until-serving.ts';

// What profiling does to a PyTorch service with its native threads: the p99 of the profiled stretch, over that of the same stretch (the
// same requests at the same times) beside a sampler that does nothing. TORCH_PYTHON names a Python with torch, FastAPI, uvicorn and
// py-spy. Usage: npm run bench -- torch-sampler [pairs]; fixed seeds, and the order within a pair changes.

const PAIRS = countArgument(1, 'pairs', 10);
const NO_SAMPLER = path.resolve('test/bench/no-sampler.mjs');

const python = process.env['TORCH_PYTHON'];
if (python === undefined) throw new Error('TORCH_PYTHON must name a Python with torch, fastapi, uvicorn and py-spy.');
const cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-torch-'));

interface Pair {
  readonly seed: number;
  readonly p99: { readonly before: number; readonly profiled: number; readonly undisturbed: number };
  readonly mean: { readonly before: number; readonly profiled: number; readonly undisturbed: number };
  readonly withheld: boolean;
  readonly notes: readonly string[];
}

const pairs: Pair[] = [];
try {
  for (let seed = 1; seed <= PAIRS; seed++) {
    const order = seed % 2 === 1 ? [true, false] : [false, true];
    const runs = new Map<boolean, RunDocument>();
    for (const sampled of order) runs.set(sampled, await measure(seed, sampled));
    const [profiled, undisturbed] = [runs.get(true)!, runs.get(false)!];
    const figures = (name: 'p99' | 'mean'): Pair['p99'] => ({
      before: profiled.latency[name]!,
      profiled: profiled.profiled![name]!,
      undisturbed: undisturbed.profiled![name]!,
    });
    const withheld = profiled.findingsNote?.startsWith('Findings are withheld') === true;
    const pair = { seed, p99: figures('p99'), mean: figures('mean'), withheld, notes: profiled.notes };
    pairs.push(pair);
    process.stdout.write(`${seed}: p99 ${told(pair.p99)}; mean ${told(pair.mean)}${withheld ? '; withheld' : ''}\n`);
  }
  await mkdir('docs/accuracy', { recursive: true });
  await writeFile('docs/accuracy/torch-sampler.json', `${JSON.stringify(pairs, null, 1)}\n`);
  process.stdout.write(`In the middle: p99 ${middle('p99').toFixed(3)}, mean ${middle('mean').toFixed(3)}\n`);
} finally {
  await rm(cwd, { recursive: true, force: true });
}

function told({ before, profiled, undisturbed }: Pair['p99']): string {
  return `${profiled.toFixed(1)} ms profiled, ${undisturbed.toFixed(1)} not (${(profiled / undisturbed).toFixed(2)}), ${before.toFixed(1)} before`;
}

function middle(name: 'p99' | 'mean'): number {
  return median(pairs.map((pair) => pair[name].profiled / pair[name].undisturbed)) ?? Number.NaN;
}

async function measure(seed: number, sampled: boolean): Promise<RunDocument> {
  const port = await freePort();
  const server = spawn(python!, [path.resolve('test/bench/torch_server.py')], {
    env: { ...process.env, PORT: String(port) },
    stdio: 'ignore',
  });
  // Nothing named is as if it were not set.
  const environment = { TAILFLAME_PY_SPY: sampled ? '' : NO_SAMPLER };
  try {
    const origin = `http://127.0.0.1:${port}`;
    await untilServing(server, `${origin}/healthz`);
    const load = ['--rate', '60', '--duration', '15s', '--warmup', '2s', '--seed', String(seed)];
    const request = ['-d', '{"rows":64}', '-H', 'content-type: application/json'];
    const { stdout, stderr } = await tailflameWith(
      environment,
      cwd,
      'run',
      `${origin}/embed`,
      ...request,
      ...load,
      '--profile',
      'auto',
      '--json',
    );
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout) as RunDocument;
  } finally {
    await kill(server);
  }
}
