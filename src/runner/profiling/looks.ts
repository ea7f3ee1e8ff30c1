import { execFile } from 'node:child_process';
import { readAsyncioTree } from '../../profile/read/asyncio-tree.ts';
import { readPySpyDump } from '../../profile/read/py-spy-dump.ts';
import type { Look, SeenSocket, SeenTask, SeenThread, Sight } from '../../runs/look.ts';
import { awaitingSockets, type OpenConnection, openConnections } from '../target/open-connections.ts';
import { processTree } from '../target/process-tree.ts';
import { isAnyRunning } from '../target/running-threads.ts';
import { listeningPorts, type TargetProcess } from '../target/target-process.ts';
import { findPySpy, runtimeOf } from './choose-profiler.ts';

/** Every so often the target's connections are looked at without a cause, to know what is usual. With a cause it is looked at no oftener. */
const EVERY_MS = 1000;
/** More looks with a cause, and without one, are not taken in a run. */
const MOST = 20;
/** Of a server and its workers. */
const MOST_PROCESSES = 8;
const PROGRAM_MS = 3000;
const MOST_BYTES = 8 * 1024 * 1024;
/** The first Python that tells of the tasks of another process. */
const TELLS_TASKS = [3, 14] as const;

interface Processes {
  readonly pids: readonly number[];
  /** The ports that any of them listens at. */
  readonly listening: ReadonlySet<number>;
}

/** What a program printed; null where it failed. */
type Ask = (program: string, args: readonly string[]) => Promise<string | null>;

/**
 * Looks at the target while one of its requests is late: where its threads stand, where its tasks are suspended, and which connections it
 * has open. One look at a time, at most twenty with a cause in a run; none of it stops the target. It never fails the run.
 *
 * It does not look while a thread of the target runs: what runs is in the profile, and a look takes its core for some ms from the very
 * requests that are late. With a look a second the p99 of a PyTorch service rose by a half.
 */
export class Looks {
  readonly #target: TargetProcess;
  readonly #cwd: string;
  readonly #now: () => number;
  readonly #keep: (look: Look) => void;
  readonly #ended = new AbortController();
  #usual: NodeJS.Timeout | null = null;
  #looking: Promise<void> | null = null;
  #late = 0;
  #lateAt = Number.NEGATIVE_INFINITY;
  #other = 0;
  #processes: Promise<Processes> | null = null;
  #known: readonly number[] = [];
  #pySpy: Promise<string | null> | null = null;
  #python: Promise<string | null> | null = null;

  /** @param now run time, ms @param keep is given every look */
  constructor(target: TargetProcess, cwd: string, now: () => number, keep: (look: Look) => void) {
    this.#target = target;
    this.#cwd = cwd;
    this.#now = now;
    this.#keep = keep;
  }

  /** The profiled phase begins: finds out what it can look with, before there is a hurry. */
  begin(): void {
    const isPython = runtimeOf(this.#target) === 'python';
    this.#processes = processesOf(this.#target).then((processes) => {
      this.#known = processes.pids;
      return processes;
    });
    this.#pySpy = isPython ? findPySpy(this.#target, this.#cwd).catch(() => null) : Promise.resolve(null);
    this.#python = isPython ? pythonWithTasks(this.#target, this.#ask) : Promise.resolve(null);
    this.#usual = setInterval(() => {
      if (this.#other >= MOST || this.#looking !== null || isAnyRunning(this.#known)) return;
      this.#other++;
      this.#look(null);
    }, EVERY_MS);
    this.#usual.unref();
  }

  /** A request is late. Where a look is being taken, that is enough. @param since when it was due, run time */
  late(request: number, since: number): void {
    const now = this.#now();
    if (this.#usual === null || this.#late >= MOST || this.#looking !== null || now - this.#lateAt < EVERY_MS) return;
    if (isAnyRunning(this.#known)) return;
    this.#late++;
    this.#lateAt = now;
    this.#look({ request, since });
  }

  /** Takes no more looks, and gives up the one being taken. */
  async end(): Promise<void> {
    if (this.#usual !== null) clearInterval(this.#usual);
    this.#usual = null;
    this.#ended.abort();
    await this.#looking;
  }

  #look(late: Look['late']): void {
    this.#looking = this.#see(late)
      .then((look) => this.#keep(look))
      .catch(() => {})
      .finally(() => {
        this.#looking = null;
      });
  }

  async #see(late: Look['late']): Promise<Look> {
    const [{ pids, listening }, pySpy, python] = await Promise.all([this.#processes!, this.#pySpy!, this.#python!]);
    const isLate = late !== null;
    let open: readonly OpenConnection[] | null = null;
    // Each has its own times.
    const [threads, tasks, sockets] = await Promise.all([
      isLate && pySpy !== null ? this.#sight(() => this.#threads(pySpy, pids)) : null,
      isLate && python !== null ? this.#sight(() => this.#tasks(python, pids)) : null,
      this.#sight(async () => {
        open = await openConnections(pids, listening);
        return open?.map(({ seen }) => seen) ?? null;
      }),
    ]);
    // Last: each program that starts takes a core from those before it, and where threads stand says more.
    const awaiting = open === null ? null : await this.#sight(() => awaitedOf(open!));
    return { late, threads, tasks, sockets, awaiting };
  }

  async #sight<T>(see: () => Promise<readonly T[] | null>): Promise<Sight<T> | null> {
    const start = this.#now();
    const seen = await see();
    return seen === null ? null : { start, end: this.#now(), seen };
  }

  /** py-spy reads a process without stopping it: it samples the same one meanwhile, and two cannot both stop it. */
  async #threads(pySpy: string, pids: readonly number[]): Promise<SeenThread[] | null> {
    const seen: SeenThread[] = [];
    let any = false;
    for (const pid of pids) {
      const ask = ['dump', '--nonblocking', '--full-filenames', '--json', '--pid', String(pid)];
      // What changes while it is read cannot be read, and a moment later it can.
      const text = (await this.#ask(pySpy, ask)) ?? (await this.#ask(pySpy, ask));
      if (text === null) continue;
      any = true;
      seen.push(...readPySpyDump(JSON.parse(text), pid));
    }
    return any ? seen : null;
  }

  async #tasks(python: string, pids: readonly number[]): Promise<SeenTask[] | null> {
    const texts = await Promise.all(pids.map((pid) => this.#ask(python, ['-m', 'asyncio', 'pstree', String(pid)])));
    if (texts.every((text) => text === null)) return null;
    return texts.flatMap((text, at) => (text === null ? [] : readAsyncioTree(text, pids[at]!)));
  }

  readonly #ask: Ask = (program, args) =>
    new Promise((resolve) => {
      const options = { timeout: PROGRAM_MS, maxBuffer: MOST_BYTES, signal: this.#ended.signal };
      execFile(program, args, options, (error, stdout) => resolve(error === null ? stdout : null));
    });
}

async function processesOf({ pid }: TargetProcess): Promise<Processes> {
  const pids = (await processTree(pid)).slice(0, MOST_PROCESSES);
  return { pids, listening: new Set((await Promise.all(pids.map(listeningPorts))).flat()) };
}

async function awaitedOf(open: readonly OpenConnection[]): Promise<SeenSocket[] | null> {
  const awaiting = await awaitingSockets();
  return awaiting === null
    ? null
    : open.filter(({ seen, inode }) => seen.state === 'open' && awaiting.has(inode)).map(({ seen }) => seen);
}

/** The target's own Python where it is new enough to tell of another's tasks; null where it is not. */
async function pythonWithTasks({ args, executable }: TargetProcess, ask: Ask): Promise<string | null> {
  const python = args[0]?.startsWith('/') === true ? args[0] : executable;
  const version = /^Python (\d+)\.(\d+)/.exec((await ask(python, ['--version'])) ?? '');
  if (version === null) return null;
  const [major, minor] = [Number(version[1]), Number(version[2])];
  return major > TELLS_TASKS[0] || (major === TELLS_TASKS[0] && minor >= TELLS_TASKS[1]) ? python : null;
}
