import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { countArgument } from '../support/count-argument.ts';
import { pinned } from '../support/peers.ts';
import { commandLine, descendantsOf, readNow } from '../support/process-tree.ts';

// Ten minutes at 5,000 requests a second: does memory stay where it is, is every request in the file, and how late do they leave?

const SECONDS = countArgument(1, 'seconds', 600);
const RATE = countArgument(2, 'requests a second', 5000);
const SAMPLE_MS = 1000;

const cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-sustained-'));
const [program, ...args] = pinned(1, [process.execPath, path.resolve('dist/null-server.cjs')]);
const server = spawn(program!, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
try {
  const [port] = (await once(server, 'message')) as [number];
  const load = ['--rate', `${RATE}`, '--duration', `${SECONDS}s`, '--warmup', '2s', '--connections', '64', '--json'];
  const command = [path.resolve('dist/cli.cjs'), 'run', `http://127.0.0.1:${port}/`, ...load];
  const child = spawn(process.execPath, command, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.on('data', (data: Buffer) => {
    stdout += data.toString();
  });
  const most = new Map<string, number>();
  const sampling = setInterval(() => measureMemory(child.pid!, most), SAMPLE_MS);
  await once(child, 'close');
  clearInterval(sampling);
  const run = JSON.parse(stdout) as RunDocument;
  const sum = run.load.completed + run.load.failed + run.load.dropped + run.load.interrupted;
  const together = most.get('together') ?? 0;
  const lines = [
    ['planned', `${run.load.planned}`, `= ${sum} accounted for`],
    ['verdict', run.verdict.sentence, ''],
    ['latency p50 / p99 ms', `${run.latency.p50?.toFixed(2)} / ${run.latency.p99?.toFixed(2)}`, ''],
    ['lateness p50 / p99 ms', `${run.health.lateness.p50} / ${run.health.lateness.p99}`, ''],
    ['CPU of the generator, cores', `${run.health.cpu?.toFixed(2)}`, ''],
    ...[...most].map(([name, bytes]) => [`most memory, ${name}, MB`, `${(bytes / 1e6).toFixed(0)}`, '']),
  ];
  process.stdout.write(`${lines.map(([what, value, more]) => `${what}: ${value} ${more}`.trim()).join('\n')}\n`);
  await mkdir('docs/performance', { recursive: true });
  const machine = { cpu: os.cpus()[0]?.model, cores: os.availableParallelism(), node: process.version };
  await writeFile(
    'docs/performance/sustained.json',
    `${JSON.stringify({ machine, seconds: SECONDS, rate: RATE, memory: Object.fromEntries(most), run }, null, 2)}\n`,
  );
  process.exitCode = sum === run.load.planned && together < 300e6 ? 0 : 1;
} finally {
  server.kill();
  await rm(cwd, { recursive: true, force: true });
}

/**
 * Memory of the command line and all it started, the most of each by its bundle, and of all at once. Of what several of them map, which is
 * most of Node itself, each is given its part (Pss): so that the sum is what the machine gives away.
 */
function measureMemory(pid: number, most: Map<string, number>): void {
  let together = 0;
  for (const { name, bytes } of processesUnder(pid)) {
    together += bytes;
    most.set(name, Math.max(most.get(name) ?? 0, bytes));
  }
  most.set('together', Math.max(most.get('together') ?? 0, together));
}

function processesUnder(root: number): { name: string; bytes: number }[] {
  return [root, ...descendantsOf(root)].map((pid) => {
    const kb = Number(/^Pss:\s*(\d+)/m.exec(readNow(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
    return { name: /(\w+)\.cjs/.exec(commandLine(pid))?.[1] ?? String(pid), bytes: kb * 1024 };
  });
}
