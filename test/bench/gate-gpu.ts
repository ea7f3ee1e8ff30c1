import type { ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { GateDocument } from '../../src/find/gate-document.ts';
import { countArgument } from '../support/count-argument.ts';
import type { KeptPair } from '../support/gate-cases.ts';
import { startGpuTextServer } from '../support/gpu-text-server.ts';
import { keptPair } from '../support/kept-pair.ts';
import { kill } from '../support/kill.ts';
import { tailflame } from '../support/tailflame.ts';

// On a machine with an NVIDIA GPU: is a gate right of a service whose time is the GPU's? Two processes with a transformer of eight layers,
// the candidate's of eight or of ten. TORCH_PYTHON names a Python with torch. Usage: npm run bench -- gate-gpu [runs]; fixed seeds.

const RUNS = countArgument(1, 'runs', 2);
const INTO = 'docs/accuracy/gate';
const LAYERS = [8, 10];
const python = process.env['TORCH_PYTHON'];
if (python === undefined) throw new Error('TORCH_PYTHON must name a Python with torch.');

interface KeptGpuGate {
  readonly layers: number;
  readonly seed: number;
  readonly device: unknown;
  readonly document: GateDocument;
  readonly pairs: readonly KeptPair[];
}

const kept: KeptGpuGate[] = [];
await mkdir(INTO, { recursive: true });
for (let seed = 1; seed <= RUNS; seed++) {
  for (const layers of LAYERS) {
    kept.push(await measured(layers, seed));
    const { status, sentence } = kept.at(-1)!.document;
    process.stdout.write(`${layers} layers ${seed}: ${status}: ${sentence}\n`);
    await writeFile(path.join(INTO, 'gpu.json'), `${JSON.stringify(kept)}\n`);
  }
}

async function measured(layers: number, seed: number): Promise<KeptGpuGate> {
  const cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-gate-gpu-'));
  const servers: ChildProcess[] = [];
  const started = async (count: number): Promise<string> => {
    const did = path.join(cwd, `did-${servers.length}.txt`);
    const { server, url } = await startGpuTextServer(python!, did, { GPU_LAYERS: String(count) });
    servers.push(server);
    return url;
  };
  try {
    const [baseline, candidate] = [await started(LAYERS[0]!), await started(layers)];
    const device: unknown = await (await fetch(baseline)).json();
    const request = ['-d', '{"steps":1}', '-H', 'content-type: application/json', '--users', '1'];
    const how = [
      '--against',
      baseline,
      '--tolerance',
      '10%',
      '--time',
      '180s',
      '--seed',
      String(1000 * seed),
      '--json',
    ];
    const { stdout, stderr } = await tailflame(cwd, 'gate', candidate, ...request, ...how, '--profile');
    if (stdout === '') throw new Error(stderr);
    const document = JSON.parse(stdout) as GateDocument;
    const pairs = await Promise.all(document.pairs.map((pair) => keptPair(cwd, pair)));
    return { layers, seed, device, document, pairs };
  } finally {
    for (const server of servers) await kill(server);
    await rm(cwd, { recursive: true, force: true });
  }
}
