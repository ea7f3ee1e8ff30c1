import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { SweepDocument } from '../../src/find/sweep-document.ts';
import { countArgument } from '../support/count-argument.ts';
import { startFixedQueue } from '../support/fixed-queue-server.ts';
import { tailflame } from '../support/tailflame.ts';

// Does `sweep --set batch=…` find the best batch of a server whose best batch is known? Rows share one pass up to as many as fit, so the best
// is the most that fit. Usage: npm run bench -- sweep [runs]. Fixed seeds.

const RUNS = countArgument(1, 'runs', 10);
const BATCHES = [1, 2, 4, 8, 16, 32, 64];
const FITS = [4, 8, 16, 32];

interface Row {
  /** The best batch, and ms that a pass takes besides its rows. */
  readonly fit: number;
  readonly pass: number;
  readonly found: string | null;
  readonly rowsPerSecond: number | null;
  /** What the server can do at its best. */
  readonly inTheory: number;
  readonly seconds: number;
}

const cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-sweep-'));
const rows: Row[] = [];
try {
  for (let run = 1; run <= RUNS; run++) {
    const row = await measure(run, FITS[run % FITS.length]!, 4 + (run % 5) * 2);
    rows.push(row);
    const right = row.found === String(row.fit) ? 'right' : 'WRONG';
    process.stdout.write(
      `${right}  best ${row.fit}, found ${row.found}: ${row.rowsPerSecond?.toFixed(0)} of ${row.inTheory.toFixed(0)} rows/s, ${row.seconds.toFixed(0)} s\n`,
    );
  }
  const right = rows.filter(({ fit, found }) => found === String(fit)).length;
  process.stdout.write(`\nThe best batch was found in ${right} of ${rows.length}.\n`);
  const machine = { cpu: os.cpus()[0]?.model, cores: os.availableParallelism(), node: process.version };
  await mkdir('docs/performance', { recursive: true });
  await writeFile('docs/performance/sweep.json', `${JSON.stringify({ machine, right, rows }, null, 2)}\n`);
  process.exitCode = right === rows.length ? 0 : 1;
} finally {
  await rm(cwd, { recursive: true, force: true });
}

async function measure(seed: number, fit: number, pass: number): Promise<Row> {
  const server = await startFixedQueue('batch', pass, fit);
  try {
    const plan = path.join(cwd, `batch-${seed}.load.yaml`);
    const step = `steps:\n  - post: /\n    json: { n: "\${env.batch}" }\n`;
    await writeFile(plan, `target: ${server.url}\nenvironment: { batch: 1 }\n${step}objectives: [p(90)<2s]\n`);
    const set = ['--set', `batch=${BATCHES.join()}`, '--users', '2', '--duration', '1500ms', '--warmup', '300ms'];
    const { stdout, stderr } = await tailflame(cwd, 'sweep', plan, ...set, '--seed', String(seed), '--json');
    if (stdout === '') throw new Error(stderr);
    const { points, best, took } = JSON.parse(stdout) as SweepDocument;
    const point = best === null ? null : points[best]!;
    return {
      fit,
      pass,
      found: point?.value ?? null,
      rowsPerSecond: point?.rowsPerSecond ?? null,
      inTheory: (fit / (pass + 0.5 * fit)) * 1000,
      seconds: took / 1000,
    };
  } finally {
    await server.stop();
  }
}
