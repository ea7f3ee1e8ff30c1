/** The kernel tells programs of hundredths of a second, whatever its own clock ticks. */
export const TICK_MS = 10;

/** A process, or one of its threads, as `/proc/PID/stat` tells of it. */
export interface ProcessStat {
  readonly pid: number;
  /** A letter: `Z` and `X` are the remains of one that has ended. */
  readonly state: string;
  readonly parent: number;
  /** CPU time it took itself, in hundredths of a second, since it began. */
  readonly ticks: number;
  /** The same of its children that have ended and that it has waited for, theirs included. */
  readonly childTicks: number;
  readonly threads: number;
  /** When it began, in hundredths of a second since the machine did: tells two processes of one number apart. */
  readonly started: number;
}

/** Null where the text is none such. */
export function parseProcessStat(text: string): ProcessStat | null {
  // The name stands in brackets, and may have brackets and blanks in it.
  const end = text.lastIndexOf(')');
  const begin = text.indexOf('(');
  if (begin < 0 || end < begin) return null;
  const fields = text.slice(end + 2).split(' ');
  const at = (field: number): number => Number(fields[field - 3]);
  const stat = {
    pid: Number(text.slice(0, begin)),
    state: fields[0]!,
    parent: at(4),
    ticks: at(14) + at(15),
    childTicks: at(16) + at(17),
    threads: at(20),
    started: at(22),
  };
  return Object.values(stat).some(Number.isNaN) ? null : stat;
}
