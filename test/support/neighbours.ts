import { readdirSync, readFileSync } from 'node:fs';
import { monotonicNow } from '../../src/runs/clock.ts';

/** USER_HZ, in which Linux counts the time of processes. */
const TICKS_PER_SECOND = 100;
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

export interface ProcessTime {
  readonly pid: number;
  readonly parent: number;
  /** Of a core, so far. */
  readonly seconds: number;
  /** What its children took that have ended. */
  readonly ended: number;
}

/** All processes of the machine. */
export function processes(): ProcessTime[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => processTime(Number(name)));
}

/** A file of `/proc`; empty where its process has gone. */
export function readNow(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function processTime(pid: number): ProcessTime {
  // After the name in parentheses, which may have blanks: the parent is the 2nd; user and system time are the 12th and 13th, those of
  // children that have ended the two after.
  const fields = readNow(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ').map(Number) ?? [];
  const [parent, user, system, userEnded, systemEnded] = [1, 11, 12, 13, 14].map((i) => fields[i] ?? 0);
  return {
    pid,
    parent: parent!,
    seconds: (user! + system!) / TICKS_PER_SECOND,
    ended: (userEnded! + systemEnded!) / TICKS_PER_SECOND,
  };
}

/** This process and those it started, as far as they run. */
function ownProcesses(): number[] {
  const known = processes();
  const own = new Set([process.pid]);
  // A child may stand before its parent.
  for (let found = 0; found < own.size; ) {
    found = own.size;
    for (const { pid, parent } of known) if (own.has(parent)) own.add(pid);
  }
  return [...own];
}

/** Seconds of a core that went to none of these processes and their children, so far. */
function othersCpu(own: readonly number[]): number {
  const ticks = (/^cpu +(.*)/m.exec(readNow('/proc/stat'))?.[1] ?? '').split(' ').map(Number);
  // User, nice, system, interrupts of both kinds, stolen; not idle, and not guests, who are counted as user.
  const all = [0, 1, 2, 5, 6, 7].reduce((sum, i) => sum + (ticks[i] ?? 0), 0) / TICKS_PER_SECOND;
  return own.map(processTime).reduce((rest, { seconds, ended }) => rest - seconds - ended, all);
}
