import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { openRun } from '../../src/runner/open-run.ts';
import { startKnownServer } from '../support/known-server.ts';
import { tailflame } from '../support/tailflame.ts';

// Tailflame's times beside a server's own record of the same requests, and beside theory for a server that stops.

const cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-accuracy-'));
let failed = false;
try {
  await knownDelays();
  await frozenServer();
} finally {
  await rm(cwd, { recursive: true, force: true });
}
process.exitCode = failed ? 1 : 0;

async function knownDelays(): Promise<void> {
  const server = await startKnownServer('delays');
  try {
    const run = await measure(server.url, 500, '10s');
    const record = (await server.record()).sort((a, b) => a[0] - b[0]).slice(2);
    const sent = [...run.requests.sent.keys()].sort((a, b) => run.requests.sent[a]! - run.requests.sent[b]!);
    const excess = Float64Array.from(sent, (row, index) => {
      const [came, answered] = record[index]!;
      return run.requests.end[row]! - run.requests.intended[row]! - (answered - came);
    }).sort();
    say('delays of 10 ms, every 50th 200 ms, 500/s: client − server, p50 ms', at(excess, 0.5), at(excess, 0.5) <= 1);
    say('the same, p99 ms', at(excess, 0.99), at(excess, 0.99) <= 3);
    sums(run.document.load);
  } finally {
    await server.stop();
  }
}

/**
 * 1 s frozen in 10 s at an even rate: a tenth of the requests waits, evenly from 1000 ms down to 0, so the quantile q lies at
 * 1000 × (1 − (1−q)·10) ms: p95 500, p99 900.
 */
async function frozenServer(): Promise<void> {
  const server = await startKnownServer('freeze', '5000');
  try {
    const { document } = await measure(server.url, 500, '10s');
    const { p95, p99 } = document.latency;
    say('a server frozen for 1 s of 10 s: p95 ms (theory 500)', p95 ?? NaN, Math.abs((p95 ?? 0) / 500 - 1) <= 0.05);
    say('the same: p99 ms (theory 900)', p99 ?? NaN, Math.abs((p99 ?? 0) / 900 - 1) <= 0.05);
    sums(document.load);
  } finally {
    await server.stop();
  }
}

async function measure(url: string, rate: number, duration: string) {
  const args = [
    'run',
    url,
    '-d',
    '{"x":1}',
    '--rate',
    `${rate}`,
    '--arrivals',
    'constant',
    '--duration',
    duration,
    '--warmup',
    '0s',
  ];
  const { stdout, stderr } = await tailflame(cwd, ...args, '--connections', '1000', '--json');
  process.stderr.write(stderr);
  return openRun(path.join(cwd, (JSON.parse(stdout) as { run: string }).run));
}

function sums(load: {
  planned: number | null;
  completed: number;
  failed: number;
  dropped: number;
  interrupted: number;
}): void {
  const sum = load.completed + load.failed + load.dropped + load.interrupted;
  say(`completed + failed + dropped + interrupted (planned ${load.planned})`, sum, sum === load.planned);
}

function at(sorted: Float64Array, q: number): number {
  return sorted[Math.ceil(q * sorted.length) - 1]!;
}

function say(what: string, value: number, ok: boolean): void {
  failed ||= !ok;
  process.stdout.write(`${ok ? 'ok  ' : 'MISS'}  ${what}: ${Number(value.toPrecision(4))}\n`);
}
