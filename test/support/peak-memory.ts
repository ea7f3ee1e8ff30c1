import { readFileSync } from 'node:fs';

const EVERY_MS = 100;

/** Watches the processes that this one starts, and theirs, by the program they run. Linux. */
export class PeakMemory {
  readonly #peaks = new Map<number, { readonly program: string; bytes: number }>();
  readonly #programs: readonly string[];
  readonly #timer: NodeJS.Timeout;

  /** @param programs file names, of which a process's command line holds one */
  constructor(programs: readonly string[]) {
    this.#programs = programs;
    this.#timer = setInterval(() => this.#look(process.pid), EVERY_MS);
  }

  /** The most memory each process had at once (its resident set), bytes. */
  stop(): { readonly program: string; readonly bytes: number }[] {
    clearInterval(this.#timer);
    return [...this.#peaks.values()];
  }

  #look(parent: number): void {
    for (const pid of read(`/proc/${parent}/task/${parent}/children`).split(' ').filter(Boolean).map(Number)) {
      const command = read(`/proc/${pid}/cmdline`);
      const program = this.#programs.find((name) => command.includes(name));
      const kilobytes = Number(/^VmHWM:\s+(\d+) kB/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
      if (program !== undefined && kilobytes > 0) this.#peaks.set(pid, { program, bytes: kilobytes * 1024 });
      this.#look(pid);
    }
  }
}

/** Processes end while they are looked at. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
