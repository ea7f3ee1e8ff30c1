import { commandLine, descendantsOf, readNow } from './process-tree.ts';

const EVERY_MS = 100;

export interface Peaks {
  /** The most memory each process ever had (its resident set), bytes. */
  readonly each: readonly { readonly program: string; readonly bytes: number }[];
  /** The most that all of them had at one moment. */
  readonly together: number;
}

/** Watches the processes that this one starts, and theirs, by the program they run. Linux. */
export class PeakMemory {
  readonly #each = new Map<number, { readonly program: string; readonly bytes: number }>();
  readonly #programs: readonly string[];
  readonly #timer: NodeJS.Timeout;
  #together = 0;

  /** @param programs file names, of which a process's command line holds one */
  constructor(programs: readonly string[]) {
    this.#programs = programs;
    this.#timer = setInterval(() => {
      this.#together = Math.max(this.#together, this.#look());
    }, EVERY_MS);
  }

  stop(): Peaks {
    clearInterval(this.#timer);
    return { each: [...this.#each.values()], together: this.#together };
  }

  /** Bytes that the processes below this one have now. */
  #look(): number {
    let sum = 0;
    for (const pid of descendantsOf(process.pid)) {
      const command = commandLine(pid);
      const program = this.#programs.find((name) => command.includes(name));
      const status = readNow(`/proc/${pid}/status`);
      const peak = kilobytes(status, 'VmHWM');
      if (program === undefined || peak === 0) continue;
      this.#each.set(pid, { program, bytes: peak * 1024 });
      sum += kilobytes(status, 'VmRSS') * 1024;
    }
    return sum;
  }
}

function kilobytes(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
}
