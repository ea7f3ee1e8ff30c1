import { readdirSync, statSync } from 'node:fs';
import { parseProcessStat, TICK_MS } from '../../runs/process-stat.ts';
import { parseThreadTimes } from '../../runs/thread-times.ts';
import { parseOpenFilesLimit, parseProcessStatus } from '../../telemetry/process-status.ts';
import type { ProcessLook, ThreadLook } from '../../telemetry/target-figures.ts';
import { ProcFile, readProcFile } from './proc-file.ts';

/** A process may raise its limits while it comes up. */
const LIMITS_EVERY = 20;

interface ThreadTold extends ThreadLook {
  readonly turns: number;
}

export interface LinuxLook extends ProcessLook {
  readonly ticks: number;
}

/** One process as `/proc` tells of it, with its threads. */
export class LinuxProcess {
  readonly #folder: string;
  readonly #now: () => number;
  readonly #stat: ProcFile;
  readonly #status: ProcFile;
  readonly #threads = new Map<number, LinuxThread>();
  #last: LinuxLook | null = null;
  #looks = 0;

  /** @param now run time, ms */
  constructor(pid: number, now: () => number) {
    this.#folder = `/proc/${pid}`;
    this.#now = now;
    this.#stat = new ProcFile(`${this.#folder}/stat`);
    this.#status = new ProcFile(`${this.#folder}/status`);
  }

  /** Null once it is gone, and then it is closed. @param mayHaveGrown whether threads may have come since the last look */
  look(mayHaveGrown: boolean): LinuxLook | null {
    const stat = parseProcessStat(this.#stat.read() ?? '');
    const status = this.#status.read();
    if (stat === null || status === null) {
      this.close();
      return null;
    }
    const last = this.#last;
    const { parent, started, ticks } = stat;
    const threads = this.#lookAtThreads(mayHaveGrown || last === null);
    const isLimitKnown = last !== null && this.#looks % LIMITS_EVERY !== 0;
    this.#looks++;
    this.#last = {
      parent,
      started,
      ticks,
      taken: last === null ? ticks * TICK_MS : last.taken + takenSince(last, ticks, threads),
      ofChildren: stat.childTicks * TICK_MS,
      resident: parseProcessStatus(status).resident,
      threadCount: stat.threads,
      fds: this.#openFiles(),
      fdLimit: isLimitKnown ? last.fdLimit : parseOpenFilesLimit(readProcFile(`${this.#folder}/limits`) ?? ''),
      threads,
    };
    return this.#last;
  }

  close(): void {
    this.#stat.close();
    this.#status.close();
    for (const thread of this.#threads.values()) thread.close();
    this.#threads.clear();
  }

  #lookAtThreads(mayHaveGrown: boolean): Map<number, ThreadTold> {
    if (mayHaveGrown) {
      for (const thread of listing(`${this.#folder}/task`).map(Number)) {
        if (this.#threads.has(thread)) continue;
        this.#threads.set(thread, new LinuxThread(`${this.#folder}/task/${thread}`, this.#now));
      }
    }
    const found = new Map<number, ThreadTold>();
    for (const [id, thread] of this.#threads) {
      const look = thread.look();
      if (look !== null) found.set(id, look);
      else this.#threads.delete(id);
    }
    return found;
  }

  #openFiles(): number {
    const folder = `${this.#folder}/fd`;
    try {
      // Since Linux 6.2 it says how many there are; before, they are to be counted.
      return statSync(folder).size || readdirSync(folder).length;
    } catch {
      return Number.NaN;
    }
  }
}

class LinuxThread {
  readonly #now: () => number;
  readonly #times: ProcFile;
  readonly #stat: ProcFile;
  readonly #status: ProcFile;
  #last: ThreadTold | null = null;

  constructor(folder: string, now: () => number) {
    this.#now = now;
    this.#times = new ProcFile(`${folder}/schedstat`);
    this.#stat = new ProcFile(`${folder}/stat`);
    this.#status = new ProcFile(`${folder}/status`);
  }

  /** Null once it is gone, and then it is closed. */
  look(): ThreadTold | null {
    const at = this.#now();
    const times = parseThreadTimes(this.#times.read() ?? '');
    this.#last = times === null ? this.#lookInTicks(at) : { at, ...times, ...this.#switches(times.turns) };
    if (this.#last === null) this.close();
    return this.#last;
  }

  close(): void {
    for (const file of [this.#times, this.#stat, this.#status]) file.close();
  }

  /** Where the kernel does not count more exactly. */
  #lookInTicks(at: number): ThreadTold | null {
    const stat = parseProcessStat(this.#stat.read() ?? '');
    if (stat === null) return null;
    const unknown = { waited: Number.NaN, voluntary: Number.NaN, involuntary: Number.NaN };
    return { at, ran: stat.ticks * TICK_MS, turns: 0, ...unknown };
  }

  /** One that was given no core since has not let go of one either. */
  #switches(turns: number): Pick<ThreadLook, 'voluntary' | 'involuntary'> {
    const { voluntary, involuntary } =
      this.#last?.turns === turns ? this.#last : parseProcessStatus(this.#status.read() ?? '');
    return { voluntary, involuntary };
  }
}

/**
 * CPU time since the last look, ms. Of threads it is told to the nanosecond, of the process in ticks, but with those that have ended: so
 * that is taken where threads have come or gone.
 */
function takenSince(last: LinuxLook, ticks: number, threads: ReadonlyMap<number, ThreadLook>): number {
  const inTicks = (ticks - last.ticks) * TICK_MS;
  if (threads.size !== last.threads.size || threads.size === 0) return inTicks;
  let sum = 0;
  for (const [thread, { ran }] of threads) {
    const before = last.threads.get(thread);
    if (before === undefined) return inTicks;
    sum += ran - before.ran;
  }
  return sum;
}

function listing(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
