import { readProcess, type TargetProcess } from './target-process.ts';

/** A chain of parents longer than this is none. */
const MOST_GENERATIONS = 64;

/** Which processes are the target's: it, and all that descend from it. They are looked at while they run: afterwards they have no parents. */
export class TargetPids {
  readonly #target: TargetProcess | null;
  readonly #known = new Map<number, boolean | null>();

  /** @param target null: unknown, and so is every process */
  constructor(target: TargetProcess | null) {
    this.#target = target;
  }

  async learn(pids: Iterable<number>): Promise<void> {
    for (const pid of pids) {
      if (!(pid > 0) || this.#known.has(pid)) continue;
      // Whoever asks meanwhile need not look as well.
      this.#known.set(pid, null);
      this.#known.set(pid, await this.#descends(pid));
    }
  }

  /** Null: not known, as of a process that this machine does not show, and of one that was not learned. */
  isTarget(pid: number): boolean | null {
    return this.#known.get(pid) ?? null;
  }

  async #descends(pid: number): Promise<boolean | null> {
    if (this.#target === null) return null;
    let current = pid;
    for (let generation = 0; generation < MOST_GENERATIONS && current > 1; generation++) {
      if (current === this.#target.pid) return true;
      const found = await readProcess(current);
      if (found === null) return generation === 0 ? null : false;
      current = found.parent;
    }
    return false;
  }
}
