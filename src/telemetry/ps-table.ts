/** A process as `ps -o pid=,ppid=,rss=,time=` tells of it. */
export interface PsProcess {
  readonly pid: number;
  readonly parent: number;
  /** MiB. */
  readonly resident: number;
  /** CPU time since it began, ms. */
  readonly taken: number;
}

/** Rows that are none such are left out. */
export function parsePsTable(text: string): PsProcess[] {
  return text.split('\n').flatMap((row) => {
    const [pid, parent, kib, time] = row.trim().split(/\s+/);
    const process = {
      pid: Number(pid),
      parent: Number(parent),
      resident: Number(kib) / 1024,
      taken: cpuTime(time ?? ''),
    };
    return Object.values(process).some(Number.isNaN) ? [] : [process];
  });
}

/** `0:01.23` and `123:45.67` on macOS, `[1-]02:03:04` elsewhere; ms. */
function cpuTime(text: string): number {
  const [, days, clock] = /^(?:(\d+)-)?([\d:.,]+)$/.exec(text) ?? [];
  if (clock === undefined) return Number.NaN;
  const seconds = clock
    .replace(',', '.')
    .split(':')
    .reduce((sum, part) => sum * 60 + Number(part), 0);
  return (Number(days ?? 0) * 86_400 + seconds) * 1000;
}
