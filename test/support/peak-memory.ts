import { readFileSync } from 'node:fs';

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
      this.#together = Math.max(this.#together, this.#look(process.pid));
    }, EVERY_MS);
  }

  stop(): Peaks {
    clearInterval(this.#timer);
    return { each: [...this.#each.values()], together: this.#together };
  }

  /** Bytes that the children of a process and theirs have now. */
  #look(parent: number): number {
    let sum = 0;
    for (const pid of read(`/proc/${parent}/task/${parent}/children`).split(' ').filter(Boolean).map(Number)) {
      const command = read(`/proc/${pid}/cmdline`);
      const program = this.#programs.find((name) => command.includes(name));
      const status = read(`/proc/${pid}/status`);
      const peak = kilobytes(status, 'VmHWM');
      if (program !== undefined && peak > 0) {
        this.#each.set(pid, { program, bytes: peak * 1024 });
        sum += kilobytes(status, 'VmRSS') * 1024;
      }
      sum += this.#look(pid);
    }
    return sum;
  }
}

function kilobytes(status: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
}

/** Processes end while they are looked at. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
