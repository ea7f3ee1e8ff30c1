import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { countArgument } from '../support/count-argument.ts';
import { startNullServer } from '../support/null-server.ts';
import { tailflame } from '../support/tailflame.ts';

// A healthy generator must not be called the bottleneck: runs at half of what this machine can send, one row each.

const RUNS = countArgument(1, 'runs', 20);
const SECONDS = 5;
const cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-health-'));
const server = await startNullServer();
try {
  const { health } = await measure('--rate', '100', '--duration', '1s', '--warmup', '0s');
  const rate = Math.round((health.capacity ?? 0) / 2);
  say('asked/s', 'got/s', 'late p50 ms', 'p99', 'cores', 'without one', 'GC max ms', 'verdict');
  let valid = 0;
  for (let seed = 1; seed <= RUNS; seed++) {
    const run = await measure('--rate', `${rate}`, '--duration', `${SECONDS}s`, '--warmup', '1s', '--seed', `${seed}`);
    if (run.verdict.status !== 'void') valid++;
    const { lateness, cpu, starved, gc } = run.health;
    const got = Math.round(run.load.rate.got);
    say(rate, got, lateness.p50, lateness.p99, cpu, starved ?? null, gc?.max ?? null, run.verdict.sentence);
  }
  process.stdout.write(`\n${valid} of ${RUNS} were valid at half of ${health.capacity} requests a second.\n`);
  process.exitCode = valid === RUNS ? 0 : 1;
} finally {
  await server.stop();
  await rm(cwd, { recursive: true, force: true });
}

async function measure(...load: string[]): Promise<RunDocument> {
  const { stdout, stderr } = await tailflame(cwd, 'run', server.url, ...load, '--json');
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as RunDocument;
}

function say(...cells: (string | number | null)[]): void {
  const shown = cells.map((cell) =>
    typeof cell === 'number' ? String(Number(cell.toPrecision(cell < 1000 ? 3 : 9))) : (cell ?? ''),
  );
  const last = shown.pop();
  process.stdout.write(`${shown.map((cell) => cell.padStart(11)).join('  ')}  ${last}\n`);
}
