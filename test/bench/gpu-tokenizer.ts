import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { HotspotsDocument } from '../../src/report/hotspots-document.ts';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { countArgument } from '../support/count-argument.ts';
import { startGpuTextServer } from '../support/gpu-text-server.ts';
import { type GpuTruth, gpuTruth } from '../support/gpu-truth.ts';
import { tailflame } from '../support/tailflame.ts';

// On a machine with an NVIDIA GPU: a real PyTorch model behind a tokenizer, and what is found of the time that the GPU was idle, beside what
// the service itself says it did. TORCH_PYTHON names a Python with torch. Usage: npm run bench -- gpu-tokenizer [runs] [--into FOLDER].

const RUNS = countArgument(1, 'runs', 3);
const into = process.argv.includes('--into') ? process.argv[process.argv.indexOf('--into') + 1]! : 'docs/accuracy/gpu';
const python = process.env['TORCH_PYTHON'];
if (python === undefined) throw new Error('TORCH_PYTHON must name a Python with torch.');

interface Case {
  readonly name: string;
  readonly body: string;
  readonly options: readonly string[];
}

const CASES: readonly Case[] = [
  {
    name: 'tokenizes while the GPU waits',
    body: '{"tokenize":[150,400],"gpu":[250,600]}',
    options: ['--users', '1'],
  },
  {
    name: 'sleeps while the GPU waits',
    body: '{"sleep":[150,400],"gpu":[250,600]}',
    options: ['--users', '1'],
  },
  { name: 'keeps the GPU busy', body: '{"tokenize":[5,5],"gpu":[200,200]}', options: ['--users', '4'] },
  {
    name: 'has six times as much for the GPU, one time in eight',
    body: '{"tokenize":[2,2],"gpu":[10,10],"long":8}',
    options: ['--rate', '35'],
  },
];

interface Row {
  readonly name: string;
  readonly seed: number;
  readonly findings: readonly string[];
  readonly notes: readonly string[];
  readonly latency: RunDocument['latency'];
  readonly profiled: RunDocument['profiled'];
  /** The first of user code, by CPU and while the GPU was idle. */
  readonly hottest: string | null;
  readonly whileIdle: string | null;
  readonly truth: GpuTruth;
}

const cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-gpu-bench-'));
const rows: Row[] = [];
await mkdir(into, { recursive: true });
try {
  for (let seed = 1; seed <= RUNS; seed++) {
    // The last two differ little from run to run.
    for (const one of seed === 1 ? CASES : CASES.slice(0, 2)) rows.push(await measure(one, seed));
  }
} finally {
  // What was measured before a run that failed; not nothing in place of what was kept.
  if (rows.length > 0) await writeFile(path.join(into, 'runs.json'), `${JSON.stringify(rows, null, 1)}\n`);
  await rm(cwd, { recursive: true, force: true });
}

async function measure({ name, body, options }: Case, seed: number): Promise<Row> {
  const did = path.join(cwd, 'did.txt');
  const { server, url } = await startGpuTextServer(python!, did);
  try {
    process.stderr.write(`${name} ${seed}: ${await (await fetch(url)).text()}\n`);
    const load = ['--duration', '12s', '--warmup', '1s', '--seed', String(seed), ...options];
    const request = ['-d', body, '-H', 'content-type: application/json'];
    const watch = ['--profile', 'auto', '--gpu', 'auto,dmon,pmon', '--json'];
    const { stdout, stderr } = await tailflame(cwd, 'run', url, ...request, ...load, ...watch);
    if (stdout === '') throw new Error(stderr);
    const run = JSON.parse(stdout) as RunDocument;
    const folder = path.resolve(cwd, run.run);
    const row: Row = {
      name,
      seed,
      findings: run.findings.flatMap(({ sentence, evidence }) => [sentence, ...(evidence ?? [])]),
      notes: [...(run.findingsNote === null ? [] : [run.findingsNote]), ...run.notes],
      latency: run.latency,
      profiled: run.profiled,
      hottest: await firstOf(run),
      whileIdle: await firstOf(run, '--gpu-idle'),
      truth: gpuTruth(await readFile(did, 'utf8'), run),
    };
    await cp(folder, path.join(into, `${CASES.findIndex((one) => one.name === name)}-${seed}`), { recursive: true });
    await cp(did, path.join(into, `${CASES.findIndex((one) => one.name === name)}-${seed}`, 'did.txt'));
    process.stdout.write(`${JSON.stringify(row, null, 1)}\n`);
    return row;
  } finally {
    server.kill('SIGKILL');
    await once(server, 'exit');
  }
}

async function firstOf(run: RunDocument, ...options: string[]): Promise<string | null> {
  const { stdout } = await tailflame(cwd, 'hotspots', run.run, '--json', ...options);
  if (stdout === '') return null;
  const spots = JSON.parse(stdout) as HotspotsDocument;
  const own = spots.functions.filter(({ file }) => file?.endsWith('gpu_text_server.py') === true);
  return own.sort((a, b) => b.self - a.self)[0]?.function ?? null;
}
