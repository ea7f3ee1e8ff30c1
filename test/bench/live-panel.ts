import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { median } from '../../src/find/median.ts';
import { percentile } from '../../src/load/measure/percentile.ts';
import { readRequests } from '../../src/runs/request-parquet.ts';
import type { RequestTable } from '../../src/runs/request-table.ts';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { User } from '../editor/user.ts';
import { countArgument } from '../support/count-argument.ts';
import { Neighbours } from '../support/neighbours.ts';
import { startNullServer } from '../support/null-server.ts';
import { commandLine, descendantsOf, processTime, readNow } from '../support/process-tree.ts';
import { tailflame } from '../support/tailflame.ts';

// Does looking disturb? The same load from the command line with VS Code closed, from the command line with VS Code open beside it, and
// from VS Code with the live result panel in sight, in turn: how late requests leave in each, and what the browser's pages take meanwhile.

const ROUNDS = countArgument(1, 'rounds', 5);
/** Those measured before count: on a machine that others use too, a few rounds at a time. */
const MORE = process.argv[3] === 'more';
const KEPT = 'docs/performance/live-panel.json';
const RATE = 1000;
const SECONDS = 10;
/** What VS Code does at its start is over by then. */
const SETTLE_MS = 10_000;
/** A run is repeated until so many requests were due while the machine was quiet, or as often as may be. */
const ENOUGH_REQUESTS = 5000;
const MOST_RUNS = 3;

/** How late the requests left that were due in moments that other programs left quiet. */
interface Lateness {
  /** Ms. */
  readonly p50: number | null;
  readonly p99: number | null;
  readonly requests: number;
  readonly runs: number;
}

interface Round {
  readonly alone: Lateness;
  readonly open: Lateness;
  readonly panel: Lateness;
  /** Cores that all of Chromium's pages took together while the panel showed the load: VS Code's own and the panel's. */
  readonly pages: number;
}

requireOrdinaryPriority();

const folder = await mkdtemp(path.join(os.tmpdir(), 'tailflame-live-panel-'));
const server = await startNullServer();
try {
  const { status } = spawnSync(process.execPath, ['scripts/package.mjs'], { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) throw new Error(`The extension could not be packaged (${status}).`);
  const rounds = MORE ? ((JSON.parse(await readFile(KEPT, 'utf8')) as { readonly rounds?: Round[] }).rounds ?? []) : [];
  for (let number = rounds.length + 1; number <= ROUNDS; number++) {
    const round = await oneRound();
    rounds.push(round);
    const { alone, open, panel, pages } = round;
    const late = `late p99 ${alone.p99} ms alone, ${open.p99} ms with VS Code open, ${panel.p99} ms with the panel`;
    const runs = [alone, open, panel].map(({ requests, runs }) => `${requests} requests of ${runs}`).join(', ');
    process.stdout.write(`${number}: ${late}; pages ${pages.toFixed(2)} cores (${runs} runs)\n`);
    await keep(rounds);
  }
  const { panelToAlone, openToAlone, panelToOpen } = ratiosOf(rounds);
  const mostPages = Math.max(...rounds.map(({ pages }) => pages));
  process.stdout.write(
    `the middle ratio of panel to alone ${panelToAlone.toFixed(2)} (at most 1.5), open to alone ${openToAlone.toFixed(2)}, ` +
      `panel to open ${panelToOpen.toFixed(2)}; the pages at most ${mostPages.toFixed(2)} cores (at most 0.15)\n`,
  );
  process.exitCode = panelToAlone <= 1.5 && mostPages < 0.15 ? 0 : 1;
} finally {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

/** Also what was measured before a run that is cut off. */
async function keep(rounds: readonly Round[]): Promise<void> {
  const machine = { cpu: os.cpus()[0]?.model, cores: os.availableParallelism(), node: process.version };
  const mostPages = Math.max(...rounds.map(({ pages }) => pages));
  const text = JSON.stringify({ machine, rounds, ratios: ratiosOf(rounds), mostPages }, null, 2);
  await mkdir(path.dirname(KEPT), { recursive: true });
  await writeFile(KEPT, `${text}\n`);
}

function ratiosOf(rounds: readonly Round[]) {
  return {
    panelToAlone: middle(rounds.map(({ panel, alone }) => ratio(panel, alone))),
    openToAlone: middle(rounds.map(({ open, alone }) => ratio(open, alone))),
    panelToOpen: middle(rounds.map(({ panel, open }) => ratio(panel, open))),
  };
}

async function oneRound(): Promise<Round> {
  const alone = await lateness(onCommandLine);
  const user = await User.start(path.resolve('out/tailflame.vsix'), folder, {});
  try {
    await sleep(SETTLE_MS);
    const open = await lateness(onCommandLine);
    const pages: number[] = [];
    const panel = await lateness(async () => {
      pages.push(await inEditor(user));
    });
    return { alone, open, panel, pages: Math.max(...pages) };
  } finally {
    await user.stop();
  }
}

/** @param run measures once, into the last of the runs */
async function lateness(run: () => Promise<void>): Promise<Lateness> {
  const late: number[] = [];
  let runs = 0;
  while (runs < MOST_RUNS && late.length < ENOUGH_REQUESTS) {
    runs++;
    const neighbours = new Neighbours();
    await run();
    neighbours.stop();
    const { document, table } = await lastRun();
    for (let i = 0; i < table.length; i++) {
      const intended = table.intended[i]!;
      const by = table.dispatched[i]! - intended;
      if (!Number.isNaN(by) && neighbours.wereQuiet(intended + document.clock.monotonicMs)) late.push(by);
    }
  }
  const sorted = Float64Array.from(late).sort();
  const at = (q: number): number | null => thousandths(percentile(sorted, q));
  return { p50: at(0.5), p99: at(0.99), requests: late.length, runs };
}

/** Resolves to the cores that the pages took. */
async function inEditor(user: User): Promise<number> {
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
  // Whoever asks the page how far it is disturbs too.
  await sleep(4000);
  await user.status(/^p99 [\d.]+ m?s$/, 60_000);
  return pages;
}

async function onCommandLine(): Promise<void> {
  const { code, stderr } = await tailflame(folder, 'run', server.url, '--rate', `${RATE}`, '--duration', `${SECONDS}s`);
  if (code !== 0 && code !== 98) throw new Error(stderr);
}

async function lastRun(): Promise<{ document: RunDocument; table: RequestTable }> {
  const runs = path.join(folder, '.tailflame/runs');
  const last = (await readdir(runs))
    .filter((name) => /^\d/.test(name))
    .sort()
    .at(-1);
  const document = JSON.parse(await readFile(path.join(runs, last!, 'run.json'), 'utf8')) as RunDocument;
  return { document, table: await readRequests(path.join(runs, last!, 'requests.parquet'), [], 'measured') };
}

function thousandths(ms: number | null): number | null {
  return ms === null ? null : Math.round(ms * 1000) / 1000;
}

function ratio(above: Lateness, below: Lateness): number {
  return (above.p99 ?? Number.NaN) / (below.p99 ?? Number.NaN);
}

function middle(values: readonly number[]): number {
  return median(values.filter(Number.isFinite)) ?? Number.NaN;
}

/**
 * Root's Chromium puts itself before all others (niceness −8), which nobody else's may: without the right to, this process and all that it
 * starts are like those of an ordinary user.
 */
function requireOrdinaryPriority(): void {
  const sysNice = 1 << 23;
  const rights = Number.parseInt(
    /^CapEff:\s+[0-9a-f]*([0-9a-f]{8})$/m.exec(readNow('/proc/self/status'))?.[1] ?? '0',
    16,
  );
  if ((rights & sysNice) === 0) return;
  const without = ['--bounding-set=-sys_nice', '--inh-caps=-sys_nice', process.execPath, ...process.argv.slice(1)];
  const { status, error } = spawnSync('setpriv', without, { stdio: 'inherit' });
  if (error) throw error;
  process.exit(status ?? 1);
}

/** Seconds of a core that all pages of the Chromium that this process started have used so far. */
function pagesCpu(): number {
  return descendantsOf(process.pid)
    .filter((pid) => commandLine(pid).includes('--type=renderer'))
    .reduce((sum, pid) => sum + processTime(pid).seconds, 0);
}
