import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { User } from '../editor/user.ts';
import { startNullServer } from '../support/null-server.ts';
import { tailflame } from '../support/tailflame.ts';

// Does looking disturb? The same load from a real VS Code with the live result panel in sight, and from the command line with VS Code
// closed, in turn: how late requests leave in each, and what the browser's pages take of a core meanwhile.

const PAIRS = Number(process.argv[2] ?? 5);
const RATE = 1000;
const SECONDS = 10;
/** USER_HZ, in which Linux counts the time of processes. */
const TICKS_PER_SECOND = 100;

interface Pair {
  readonly panel: number | null;
  readonly alone: number | null;
  /** Cores that all of Chromium's pages took together while the load ran: VS Code's own and the panel's. */
  readonly pages: number;
}

const folder = await mkdtemp(path.join(os.tmpdir(), 'tailflame-live-panel-'));
const server = await startNullServer();
try {
  spawnSync(process.execPath, ['scripts/package.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const pairs: Pair[] = [];
  for (let pair = 1; pair <= PAIRS; pair++) {
    const panel = await inEditor();
    const alone = await onCommandLine();
    pairs.push({ panel: panel.lateness, alone, pages: panel.pages });
    const said = `late p99 ${panel.lateness} ms with the panel, ${alone} ms alone; pages ${panel.pages.toFixed(2)} cores`;
    process.stdout.write(`${pair}: ${said}\n`);
  }
  const ratios = pairs.map(({ panel, alone }) => (panel ?? NaN) / (alone ?? NaN)).sort((a, b) => a - b);
  const middle = ratios[Math.floor(ratios.length / 2)]!;
  const pages = Math.max(...pairs.map((pair) => pair.pages));
  process.stdout.write(
    `the middle ratio ${middle.toFixed(2)} (at most 1.5), the pages at most ${pages.toFixed(2)} cores\n`,
  );
  const machine = { cpu: os.cpus()[0]?.model, cores: os.availableParallelism(), node: process.version };
  await mkdir('docs/performance', { recursive: true });
  await writeFile('docs/performance/live-panel.json', `${JSON.stringify({ machine, pairs, middle }, null, 2)}\n`);
  process.exitCode = middle <= 1.5 ? 0 : 1;
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

async function inEditor(): Promise<{ lateness: number | null; pages: number }> {
  const user = await User.start(path.resolve('out/tailflame.vsix'), folder, {});
  try {
    await user.command('Tailflame: Load Test Endpoint');
    await user.answer('Endpoint', server.url);
    await user.answer('Body', '');
    await user.answer('Load', `${RATE}/s for ${SECONDS}s`);
    await user.status(/\/s/, 60_000);
    // Past the panel's first drawing and the warm-up.
    await sleep(4000);
    const before = pagesCpu();
    await sleep(5000);
    const pages = (pagesCpu() - before) / 5;
    await user.status(/^p99 [\d.]+ m?s$/, 60_000);
    return { lateness: (await lastRun()).health.lateness.p99, pages };
  } finally {
    await user.stop();
  }
}

async function onCommandLine(): Promise<number | null> {
  const load = ['--rate', `${RATE}`, '--duration', `${SECONDS}s`];
  const { stdout, stderr } = await tailflame(folder, 'run', server.url, ...load, '--json');
  if (stdout === '') throw new Error(stderr);
  return (JSON.parse(stdout) as RunDocument).health.lateness.p99;
}

async function lastRun(): Promise<RunDocument> {
  const runs = path.join(folder, '.tailflame/runs');
  const last = (await readdir(runs))
    .filter((name) => /^\d/.test(name))
    .sort()
    .at(-1);
  return JSON.parse(await readFile(path.join(runs, last!, 'run.json'), 'utf8')) as RunDocument;
}

/** Seconds of a core that all of Chromium's pages have used so far. */
function pagesCpu(): number {
  let ticks = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (!readNow(`/proc/${pid}/cmdline`).includes('--type=renderer')) continue;
    // After the name in parentheses, which may have blanks: user and system time are the 12th and 13th.
    const fields = readNow(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ') ?? [];
    ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  }
  return ticks / TICKS_PER_SECOND;
}

function readNow(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
