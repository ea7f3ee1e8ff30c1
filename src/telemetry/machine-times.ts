/** What the whole machine has done since it began, of `/proc/stat` or another system's same. */
export interface MachineTimes {
  /** Core time that was taken, by whomever; in the unit of `total`. */
  readonly taken: number;
  /** Core time there was. */
  readonly total: number;
  /** Processes and threads begun; NaN where it is not told. */
  readonly begun: number;
}

/** Of `/proc/stat`; null where the text is none such. */
export function parseMachineTimes(text: string): MachineTimes | null {
  const line = /^cpu +(.*)$/m.exec(text)?.[1];
  if (line === undefined) return null;
  // user nice system idle iowait irq softirq steal; what guests took is in user and nice already.
  const parts = line.trim().split(/ +/).slice(0, 8).map(Number);
  const total = parts.reduce((sum, part) => sum + part, 0);
  if (Number.isNaN(total) || parts.length < 4) return null;
  const rested = parts[3]! + (parts[4] ?? 0);
  return { taken: total - rested, total, begun: Number(/^processes (\d+)$/m.exec(text)?.[1] ?? Number.NaN) };
}

/** Of `/proc/meminfo`: the share of the machine's memory that is taken, 0–1; NaN where it is not told. */
export function parseMemoryTaken(text: string): number {
  const total = Number(/^MemTotal:\s+(\d+)/m.exec(text)?.[1] ?? Number.NaN);
  const free = Number(/^MemAvailable:\s+(\d+)/m.exec(text)?.[1] ?? Number.NaN);
  return (total - free) / total;
}
