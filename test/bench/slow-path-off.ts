import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { countArgument } from '../support/count-argument.ts';
import { tailflame } from '../support/tailflame.ts';

// The node-classifier example with its slow path switched off: whatever is found is found wrongly. Then runs with it on.

const RUNS = countArgument(1, 'runs', 20);
const RUNS_ON = countArgument(2, 'runs with the slow path', RUNS);
const cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-slow-path-'));
const rows: string[] = ['slow path,seed,requests,p50 ms,p99 ms,profiled p50 ms,first finding,p-value,note'];
try {
  for (const [slowPath, runs] of [
    ['off', RUNS],
    ['on', RUNS_ON],
  ] as const) {
    for (let seed = 1; seed <= runs; seed++) {
      rows.push(await measure(slowPath, seed));
      process.stdout.write(`${rows.at(-1)}\n`);
      await mkdir('docs/accuracy', { recursive: true });
      await writeFile('docs/accuracy/slow-path.csv', `${rows.join('\n')}\n`);
    }
  }
} finally {
  await rm(cwd, { recursive: true, force: true });
}

async function measure(slowPath: string, seed: number): Promise<string> {
  const server = spawn(process.execPath, ['examples/node-classifier/server.mjs'], {
    env: { ...process.env, PORT: '0', SLOW_PATH: slowPath },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  try {
    const [said] = (await once(server.stdout, 'data')) as [Buffer];
    const url = `${/http:\S+/.exec(said.toString())?.[0]}/predict`;
    const load = ['--rate', '60', '--duration', '10s', '--warmup', '1s', '--seed', String(seed)];
    const body = ['-d', '{"reading":[0.1,0.4,0.2,0.9,0.3,0.5,0.7,0.6]}'];
    const { stdout } = await tailflame(cwd, 'run', url, ...body, ...load, '--profile', 'auto', '--json');
    const run = JSON.parse(stdout) as RunDocument;
    const figure = (value: number | null | undefined): string => value?.toFixed(1) ?? '';
    const [first] = run.findings;
    const found = first ? `${first.function ?? first.kind}:${first.line ?? ''}` : '';
    const cells = [
      slowPath,
      seed,
      run.latency.count,
      figure(run.latency.p50),
      figure(run.latency.p99),
      figure(run.profiled?.p50),
      found,
      first?.pValue ?? '',
      `"${run.findingsNote ?? ''}"`,
    ];
    return cells.join(',');
  } finally {
    server.kill();
  }
}
