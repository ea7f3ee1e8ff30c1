import { readdirSync, readFileSync } from 'node:fs';

// The processes of this machine, as /proc of Linux tells of them. They end while they are looked at.

/** USER_HZ, in which Linux counts the time of processes. */
export const TICKS_PER_SECOND = 100;

export interface ProcessTime {
  /** Of a core, seconds so far. */
  readonly seconds: number;
  /** What its children took that have ended, seconds. */
  readonly ended: number;
}

/** The numbers of all processes of this machine. */
export function processes(): number[] {
  return entriesOf('/proc').map(Number).filter(Number.isInteger);
}

/** Those that a process started, whichever of its threads did. */
export function childrenOf(pid: number): number[] {
  return entriesOf(`/proc/${pid}/task`).flatMap((thread) =>
    readNow(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
}

/** Those that a process started, and theirs. */
export function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

/** One that has ended may stand in the table until whoever inherited it looks, which is not its doing. */
export function isAlive(pid: number): boolean {
  const status = readNow(`/proc/${pid}/status`);
  return status !== '' && !/^State:\s+Z/m.test(status);
}

/** Its arguments, each followed by a NUL; empty where it has gone. */
export function commandLine(pid: number): string {
  return readNow(`/proc/${pid}/cmdline`);
}

export function processTime(pid: number): ProcessTime {
  // After the name in parentheses, which may have blanks: user and system time are the 12th and 13th, those of children that have ended
  // the two after.
  const fields = readNow(`/proc/${pid}/stat`).split(') ').at(-1)?.split(' ').map(Number) ?? [];
  const [user, system, userEnded, systemEnded] = [11, 12, 13, 14].map((i) => fields[i] ?? 0);
  return { seconds: (user! + system!) / TICKS_PER_SECOND, ended: (userEnded! + systemEnded!) / TICKS_PER_SECOND };
}

/** A file of `/proc`; empty where its process has gone. */
export function readNow(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
