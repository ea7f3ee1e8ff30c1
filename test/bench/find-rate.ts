import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { FindRateDocument } from '../../src/find/find-rate-document.ts';
import { median } from '../../src/find/median.ts';
import { countArgument } from '../support/count-argument.ts';
import { startFixedQueue } from '../support/fixed-queue-server.ts';
import { edgeInTheory, simulateFixedQueue } from '../support/simulated-server-queue.ts';
import { tailflame } from '../support/tailflame.ts';

// `find-rate` on a real server with one queue and a fixed service time (M/D/1), beside what theory says: does the band hold the rate at
// which p99 is the limit? Usage: npm run bench -- find-rate [runs] [budget]. Service times and limits take turns; fixed seeds.

const RUNS = countArgument(1, 'runs', 20);
const BUDGET = process.argv[3] ?? '85s';
/** Long enough that a machine which does other things besides does not change the answer. */
const SERVICES_MS = [2.5, 3, 3.5];
/** Of the service time. */
const LIMITS = [7, 8, 9];
/** Requests of the simulation that theory is checked against. */
const CHECKED = 2_000_000;

interface Row {
  readonly seed: number;
  readonly service: number;
  readonly limit: number;
  /** The rate at which p99 is the limit, and what a simulation's share of misses is there. */
  readonly theory: number;
  readonly simulated: number;
  readonly answer: FindRateDocument['answer'];
  readonly passesAt: number | null;
  readonly failsAt: number | null;
  readonly estimate: number | null;
  readonly width: number | null;
  readonly holds: boolean;
  readonly probes: number;
  readonly seconds: number;
}

const cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-find-rate-'));
const rows: Row[] = [];
try {
  say('service ms', 'limit ms', 'theory/s', 'answer', 'passes', 'fails', 'width', 'holds', 'seconds');
  for (let seed = 1; seed <= RUNS; seed++) {
    const service = SERVICES_MS[seed % SERVICES_MS.length]!;
    const limit = service * LIMITS[Math.floor(seed / SERVICES_MS.length) % LIMITS.length]!;
    const row = await measure(seed, service, limit);
    rows.push(row);
    const width = row.width === null ? 'none' : `${(row.width * 100).toFixed(1)} %`;
    say(
      service,
      limit,
      row.theory,
      row.answer,
      row.passesAt,
      row.failsAt,
      width,
      row.holds ? 'yes' : 'NO',
      row.seconds,
    );
  }
  const middle = median(rows.flatMap(({ width }) => (width === null ? [] : [width])));
  const held = rows.filter(({ holds }) => holds).length;
  const slowest = Math.max(...rows.map(({ seconds }) => seconds));
  process.stdout.write(
    `\nThe band held the answer in ${held} of ${rows.length}; median width ${middle === null ? 'unknown' : (middle * 100).toFixed(1)} %; ` +
      `each in at most ${slowest.toFixed(0)} s.\n`,
  );
  const machine = { cpu: os.cpus()[0]?.model, cores: os.availableParallelism(), node: process.version };
  await mkdir('docs/performance', { recursive: true });
  await writeFile(
    'docs/performance/find-rate.json',
    `${JSON.stringify({ machine, budget: BUDGET, held, median: middle, rows }, null, 2)}\n`,
  );
  process.exitCode = held >= 0.85 * rows.length && middle !== null && middle <= 0.15 && slowest < 90 ? 0 : 1;
} finally {
  await rm(cwd, { recursive: true, force: true });
}

async function measure(seed: number, service: number, limit: number): Promise<Row> {
  const theory = edgeInTheory(service, limit, 0.01);
  const server = await startFixedQueue('queue', service);
  try {
    const args = ['--objective', `p(99)<${limit}`, '--budget', BUDGET, '--seed', String(seed * 100), '--json'];
    const { stdout, stderr } = await tailflame(cwd, 'find-rate', server.url, ...args);
    if (stdout === '') throw new Error(stderr);
    const { answer, passesAt, failsAt, estimate, probes, took } = JSON.parse(stdout) as FindRateDocument;
    const both = passesAt !== null && failsAt !== null;
    return {
      seed,
      service,
      limit,
      theory,
      simulated: simulatedMisses(theory, service, limit, seed),
      answer,
      passesAt,
      failsAt,
      estimate,
      width: both ? (failsAt - passesAt) / ((failsAt + passesAt) / 2) : null,
      holds: both && passesAt <= theory && failsAt >= theory,
      probes: probes.length,
      seconds: took / 1000,
    };
  } finally {
    await server.stop();
  }
}

/** The share that takes longer than the limit at the rate at which 1 % does in theory. */
function simulatedMisses(rate: number, service: number, limit: number, seed: number): number {
  const { intended, end } = simulateFixedQueue({ seed, rate, service, duration: (CHECKED / rate) * 1000 });
  return end.reduce((missed, at, row) => missed + Number(at - intended[row]! > limit), 0) / end.length;
}

function say(...cells: (string | number | null)[]): void {
  const shown = cells.map((cell) =>
    typeof cell === 'number' ? String(Number(cell.toPrecision(4))) : (cell ?? 'none'),
  );
  process.stdout.write(`${shown.map((cell) => cell.padStart(10)).join('  ')}\n`);
}
