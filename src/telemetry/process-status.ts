/** What `/proc/PID/status` and `/proc/PID/task/TID/status` tell. */
export interface ProcessStatus {
  /** Resident memory of the whole process, MiB; none of one that has ended and was not waited for. */
  readonly resident: number;
  /** How often this one thread let go of its core to wait; NaN where it is not told. */
  readonly voluntary: number;
  /** How often its core was taken from it; NaN where it is not told. */
  readonly involuntary: number;
}

export function parseProcessStatus(text: string): ProcessStatus {
  // From the end: what is wanted of a thread stands there, and of a process there are 60 lines.
  const figure = (name: string): number => {
    const at = text.lastIndexOf(`\n${name}:`);
    return at < 0 ? Number.NaN : Number.parseInt(text.slice(at + name.length + 2), 10);
  };
  return {
    resident: (figure('VmRSS') || 0) / 1024,
    voluntary: figure('voluntary_ctxt_switches'),
    involuntary: figure('nonvoluntary_ctxt_switches'),
  };
}

/** Of `/proc/PID/limits`: how many file descriptors it may open; NaN where that is not told or not limited. */
export function parseOpenFilesLimit(text: string): number {
  return Number(/^Max open files\s+(\d+)/m.exec(text)?.[1] ?? Number.NaN);
}
