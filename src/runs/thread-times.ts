/** What the scheduler tells of a thread in `/proc/PID/task/TID/schedstat`. */
export interface ThreadTimes {
  /** On a core, ms since it began. */
  readonly ran: number;
  /** Ready to run without a core, ms since it began. */
  readonly waited: number;
  /** How often it was given a core. */
  readonly turns: number;
}

/** Null where the kernel does not count. */
export function parseThreadTimes(text: string): ThreadTimes | null {
  const [ran, waited, turns] = text.trim().split(' ').map(Number);
  if (ran === undefined || waited === undefined || turns === undefined || Number.isNaN(ran + waited + turns))
    return null;
  // A kernel built without the counters has the file, with three zeros in it.
  return turns === 0 ? null : { ran: ran / 1e6, waited: waited / 1e6, turns };
}
