import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { estimateAlignment, shiftedProfile } from '../../src/correlate/alignment.ts';
import { readSamples, SAMPLES_FILE } from '../../src/profile/sample-parquet.ts';
import { rowsWhere } from '../../src/runs/request-table.ts';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { countArgument } from '../support/count-argument.ts';
import { readRun } from '../support/finished-run.ts';
import { freePort } from '../support/free-port.ts';
import { kill } from '../support/kill.ts';
import { tailflame } from '../support/tailflame.ts';
import { testPython } from '../support/test-python.ts';
import { untilServing } from '../support/until-serving.ts';

// Real profiles of both example servers, put off their run's clock on purpose: is the offset found? The truth is the profiler's own clock,
// which is the requests' for V8 and known to the error it states for py-spy. Usage: npm run bench -- alignment [runs]; fixed seeds.

const RUNS = countArgument(1, 'runs', 10);
const OFFSETS_MS = [0, 50, 200];

interface Example {
  readonly name: string;
  readonly command: (python: string) => string[];
  readonly path: string;
  readonly body: string;
  readonly rate: number;
}

const EXAMPLES: readonly Example[] = [
  {
    name: 'node-classifier, V8',
    command: () => [process.execPath, path.resolve('examples/node-classifier/server.mjs')],
    path: '/predict',
    body: '{"reading":[0.1,0.4,0.2,0.9,0.3,0.5,0.7,0.6]}',
    rate: 60,
  },
  {
    name: 'fastapi-sklearn, py-spy',
    command: (python) => [python, path.resolve('examples/fastapi-sklearn/server.py')],
    path: '/rank',
    body: '{"customer":7,"products":[1,2,3,4,5]}',
    rate: 30,
  },
];

interface Row {
  readonly example: string;
  readonly seed: number;
  /** By what the profiler says, ms. */
  readonly clockError: number;
  readonly late: number;
  readonly estimate: number | null;
  readonly error: number | null;
}

const cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-alignment-'));
const rows: Row[] = [];
try {
  for (const example of EXAMPLES) {
    for (let seed = 1; seed <= RUNS; seed++) rows.push(...(await measure(example, seed)));
    for (const late of OFFSETS_MS) {
      const own = rows.filter((row) => row.example === example.name && row.late === late);
      const known = own.filter(({ estimate }) => estimate !== null);
      const worst = Math.max(...known.map(({ estimate }) => Math.abs(estimate! - late)));
      process.stdout.write(
        `${example.name}, ${late} ms: known in ${known.length} of ${own.length}, at most ${worst.toFixed(1)} ms off\n`,
      );
    }
  }
  await mkdir('docs/accuracy', { recursive: true });
  await writeFile('docs/accuracy/alignment.json', `${JSON.stringify(rows, null, 1)}\n`);
} finally {
  await rm(cwd, { recursive: true, force: true });
}

async function measure({ name, command, path: route, body, rate }: Example, seed: number): Promise<Row[]> {
  const port = await freePort();
  const [program, ...args] = command(await testPython());
  const server = spawn(program!, args, {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const url = `http://127.0.0.1:${port}${route}`;
    await untilServing(server, `http://127.0.0.1:${port}/healthz`);
    const load = ['--rate', String(rate), '--duration', '10s', '--warmup', '1s', '--seed', String(seed)];
    const { stdout, stderr } = await tailflame(
      cwd,
      'run',
      url,
      ...['-d', body, '-H', 'content-type: application/json'],
      ...load,
      ...['--profile', 'auto', '--json'],
    );
    if (stdout === '') throw new Error(stderr);
    const folder = path.resolve(cwd, (JSON.parse(stdout) as RunDocument).run);
    const { document, requests } = await readRun(folder);
    const profile = await readSamples(path.join(folder, SAMPLES_FILE), name);
    const phase = document.phases.find((span) => span.phase === 'profiled')!;
    const sent = rowsWhere(requests, (row) => !Number.isNaN(requests.sent[row]!));
    return OFFSETS_MS.map((late) => {
      const found = estimateAlignment(shiftedProfile(profile, -late), { start: sent.sent, end: sent.end }, phase);
      const row = { example: name, seed, clockError: document.profile!.clockError, late };
      process.stderr.write(`${name} ${seed} ${late}: ${found?.offsetMs.toFixed(2)} ±${found?.errorMs.toFixed(2)}\n`);
      return { ...row, estimate: found?.offsetMs ?? null, error: found?.errorMs ?? null };
    });
  } finally {
    await kill(server);
  }
}
