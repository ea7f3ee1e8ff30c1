import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { findLocks, LOCKED_OFFSET, pythonMemory, waitsForLock } from '../../telemetry/python-lock.ts';
import type { TargetFigures } from '../../telemetry/target-figures.ts';
import { ProcFile, readProcFile } from './proc-file.ts';

/**
 * Between two looks at whether a lock is held, ms: as long in the mean, and never the same, so that nothing periodic falls in with it. A
 * look takes microseconds; to be woken for it takes up to 0.3 ms of a core.
 */
const EVERY_MS = 20;
/** To ask every thread what it waits for takes longer, and to list them longer still. */
const THREADS_EVERY = 10;
const LISTED_EVERY = 100;
/** Of static memory; Python itself has some hundred KiB, and what it was linked with may have more. */
const MOST_BYTES = 64 * 1024 * 1024;

/** The lock of one Python process. */
interface Lock {
  readonly pid: number;
  /** `/proc/PID/mem`, open. */
  readonly memory: number;
  readonly address: number;
  /** Whether its threads sleep at the lock itself, so that they can be told. */
  readonly tellsWaiting: boolean;
  /** What each thread waits for, by its number. */
  readonly threads: Map<string, ProcFile>;
  /** Looks since it was last told. */
  looks: number;
  held: number;
}

/**
 * Watches the interpreters' locks of Python processes by reading the word of memory that says whether each is held. That needs the right to
 * look into the process which py-spy needs too, and does not stop it.
 */
export class PythonLocks {
  #locks: Lock[] = [];
  #timer: NodeJS.Timeout | null = null;
  #ticks = 0;
  #counts = { looks: 0, waiting: 0 };
  readonly #word = Buffer.alloc(4);

  /** Begins with those of the processes whose lock can be found; nothing is told of others. */
  begin(pids: Iterable<number>): void {
    this.end();
    this.#locks = [...pids].map(findLock).filter((lock) => lock !== null);
    if (this.#locks.length > 0) this.#lookLater();
  }

  /** Figures of the time since the call before; empty where nothing is watched. Of several processes that one counts whose lock is held most. */
  take(): TargetFigures {
    const shares = this.#locks.filter(({ looks }) => looks > 0).map(({ looks, held }) => held / looks);
    const { looks, waiting } = this.#counts;
    this.#counts = { looks: 0, waiting: 0 };
    for (const lock of this.#locks) {
      lock.looks = 0;
      lock.held = 0;
    }
    return {
      ...(shares.length === 0 ? {} : { gil: 100 * Math.max(...shares) }),
      ...(looks === 0 ? {} : { waitingForGil: waiting / looks }),
    };
  }

  end(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    for (const { memory, threads } of this.#locks) {
      closeSync(memory);
      for (const file of threads.values()) file.close();
    }
    this.#locks = [];
  }

  #lookLater(): void {
    this.#timer = setTimeout(() => this.#look(), EVERY_MS * (0.5 + Math.random())).unref();
  }

  #look(): void {
    for (const lock of this.#locks) {
      try {
        if (readSync(lock.memory, this.#word, 0, 4, lock.address + LOCKED_OFFSET) < 4) continue;
        lock.looks++;
        lock.held += this.#word.readInt32LE(0);
      } catch {
        // The process has ended: its looks stay as many as they are.
      }
    }
    if (this.#ticks % THREADS_EVERY === 0) {
      if (this.#ticks % LISTED_EVERY === 0) for (const lock of this.#locks) listThreads(lock);
      const telling = this.#locks.filter(({ tellsWaiting }) => tellsWaiting);
      if (telling.length === this.#locks.length) this.#counts.looks++;
      this.#counts.waiting += telling.reduce((sum, lock) => sum + waitingFor(lock), 0);
    }
    this.#ticks++;
    this.#lookLater();
  }
}

function listThreads({ pid, threads }: Lock): void {
  try {
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      if (!threads.has(thread)) threads.set(thread, new ProcFile(`/proc/${pid}/task/${thread}/syscall`));
    }
  } catch {
    // The process has ended.
  }
}

function waitingFor({ address, threads }: Lock): number {
  let waiting = 0;
  for (const [thread, file] of threads) {
    const call = file.read();
    if (call === null) threads.delete(thread);
    else if (waitsForLock(call, address, process.arch)) waiting++;
  }
  return waiting;
}

/** Null where the process is none of Python, may not be looked into, or has no lock that can be told from what is like one. */
function findLock(pid: number): Lock | null {
  const maps = readProcFile(`/proc/${pid}/maps`) ?? '';
  const ranges = pythonMemory(maps);
  if (ranges.length === 0) return null;
  let memory: number | null = null;
  try {
    memory = openSync(`/proc/${pid}/mem`, 'r');
    const found: number[] = [];
    for (const { start, end } of ranges) {
      if (end - start > MOST_BYTES) continue;
      const bytes = Buffer.alloc(end - start);
      const read = readSync(memory, bytes, 0, bytes.length, start);
      found.push(...findLocks(bytes.subarray(0, read)).map((offset) => start + offset));
    }
    // musl lets a thread sleep on its own stack.
    const tellsWaiting = !maps.includes('/ld-musl');
    if (found.length === 1)
      return { pid, memory, address: found[0]!, tellsWaiting, threads: new Map(), looks: 0, held: 0 };
  } catch {
    // It may not be looked into.
  }
  if (memory !== null) closeSync(memory);
  return null;
}
