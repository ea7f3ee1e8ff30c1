import { monotonicNow } from '../../src/runs/clock.ts';
import { descendantsOf, processTime, readNow, TICKS_PER_SECOND } from './process-tree.ts';

const SLICE_MS = 250;
/** Cores that other programs may take in a slice that is called quiet. */
const QUIET = 0.2;
/** Slices from one search for new processes of our own to the next. */
const SEARCH_EVERY = 4;

/**
 * Watches, while it measures, what programs that this process did not start, and the host of a virtual machine, take of the cores: what
 * is measured beside them says nothing. On Linux.
 */
export class Neighbours {
  readonly #slices: { readonly start: number; readonly end: number; readonly cores: number }[] = [];
  readonly #timer = setInterval(() => this.#look(), SLICE_MS);
  #own = ownProcesses();
  #looks = 0;
  #last = { at: monotonicNow(), seconds: othersCpu(this.#own) };

  stop(): void {
    clearInterval(this.#timer);
  }

  /** @param at on the clock of `monotonicNow`, ms */
  wereQuiet(at: number): boolean {
    const slice = this.#slices.find(({ start, end }) => at >= start && at < end);
    return slice !== undefined && Math.abs(slice.cores) <= QUIET;
  }

  #look(): void {
    this.#looks++;
    if (this.#looks % SEARCH_EVERY === 0) this.#own = ownProcesses();
    const now = { at: monotonicNow(), seconds: othersCpu(this.#own) };
    const cores = ((now.seconds - this.#last.seconds) / (now.at - this.#last.at)) * 1000;
    this.#slices.push({ start: this.#last.at, end: now.at, cores });
    this.#last = now;
  }
}

/** This process and those it started, as far as they run. */
function ownProcesses(): number[] {
  return [process.pid, ...descendantsOf(process.pid)];
}

/** Seconds of a core that went to none of these processes and their children, so far. */
function othersCpu(own: readonly number[]): number {
  const ticks = (/^cpu +(.*)/m.exec(readNow('/proc/stat'))?.[1] ?? '').split(' ').map(Number);
  // User, nice, system, interrupts of both kinds, stolen; not idle, and not guests, who are counted as user.
  const all = [0, 1, 2, 5, 6, 7].reduce((sum, i) => sum + (ticks[i] ?? 0), 0) / TICKS_PER_SECOND;
  return own.map(processTime).reduce((rest, { seconds, ended }) => rest - seconds - ended, all);
}
