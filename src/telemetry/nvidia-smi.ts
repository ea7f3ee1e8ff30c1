import { type GpuSeries, TelemetryError } from './gpu-series.ts';

/** What we ask for; a file recorded by someone else may hold more, in any order. */
export const QUERY = ['timestamp', 'index', 'name', 'utilization.gpu', 'memory.used', 'power.draw'] as const;

interface Reading {
  /** Ms since 1970, by this machine's zone: nvidia-smi writes local time without saying which. */
  readonly unixMs: number;
  readonly index: number;
  readonly name: string;
  readonly utilisation: number;
  readonly memoryUsed: number;
  readonly power: number;
}

/** `2026/11/24 13:37:28.123` */
const TIMESTAMP = /^(\d{4})\/(\d\d)\/(\d\d) (\d\d):(\d\d):(\d\d)(?:\.(\d+))?$/;
/** Time zones differ by multiples of this. */
const ZONE_STEP_MS = 15 * 60_000;

/**
 * Reads the CSV of `nvidia-smi --query-gpu=… --format=csv`, its columns by the header, onto a run's clock. A file from a machine in
 * another time zone is moved by the quarter hours that bring it to the run. A last line that breaks off is left out.
 * @param originUnixMs the run's origin @param durationMs how long the run took
 * @throws TelemetryError
 */
export function readNvidiaSmi(text: string, originUnixMs: number, durationMs: number): GpuSeries[] {
  const [header, ...rows] = linesOf(text);
  if (header === undefined) throw new TelemetryError('The nvidia-smi file is empty.');
  const columns = columnsOf(header);
  const readings = rows.flatMap((row, at) => {
    const fields = fieldsOf(row);
    if (fields.length < columns.length && at === rows.length - 1) return [];
    return [reading(columns, fields, at + 2)];
  });
  return seriesOf(readings, zoneShift(readings, originUnixMs, durationMs) - originUnixMs);
}

/** Reads the same while it is being written, a part at a time. What another time zone wrote is told by {@link readNvidiaSmi} only. */
export class NvidiaSmiReader {
  readonly #originUnixMs: number;
  #columns: readonly string[] | null = null;
  #lines = 0;
  #begun = false;
  #waiting: Reading[] = [];

  /** @param originUnixMs the run's origin */
  constructor(originUnixMs: number) {
    this.#originUnixMs = originUnixMs;
  }

  /**
   * What the next lines tell; empty until one of them is of the run.
   * @param text whole lines @param now run time, ms @throws TelemetryError
   */
  read(text: string, now: number): GpuSeries[] {
    for (const line of linesOf(text)) {
      this.#lines++;
      if (this.#columns === null) this.#columns = columnsOf(line);
      else this.#waiting.push(reading(this.#columns, fieldsOf(line), this.#lines));
    }
    this.#begun ||= overlaps(this.#waiting, this.#originUnixMs, now);
    if (!this.#begun) return [];
    const readings = this.#waiting;
    this.#waiting = [];
    return seriesOf(readings, -this.#originUnixMs);
  }
}

function linesOf(text: string): string[] {
  return text.split(/\r?\n/).filter((line) => line.trim() !== '');
}

function fieldsOf(line: string): string[] {
  return line.split(',').map((field) => field.trim());
}

function columnsOf(header: string): string[] {
  const columns = fieldsOf(header).map((name) => name.replace(/ \[.*\]$/, ''));
  for (const needed of ['timestamp', 'utilization.gpu']) {
    if (columns.includes(needed)) continue;
    throw new TelemetryError(
      `The nvidia-smi file has no column "${needed}" in line 1. Record it with --query-gpu=${QUERY.join(',')} --format=csv.`,
    );
  }
  return columns;
}

/** By GPU. @param shift what is added to the readings' times, ms */
function seriesOf(readings: readonly Reading[], shift: number): GpuSeries[] {
  const gpus = new Map<number, Reading[]>();
  for (const one of readings) {
    const list = gpus.get(one.index);
    if (list === undefined) gpus.set(one.index, [one]);
    else list.push(one);
  }
  return [...gpus]
    .sort(([a], [b]) => a - b)
    .map(([index, list]) => {
      list.sort((a, b) => a.unixMs - b.unixMs);
      const column = (pick: (one: Reading) => number): Float64Array => Float64Array.from(list, pick);
      return {
        index,
        name: list[0]!.name,
        time: column(({ unixMs }) => unixMs + shift),
        utilisation: column(({ utilisation }) => utilisation / 100),
        memoryUsed: column(({ memoryUsed }) => memoryUsed),
        power: column(({ power }) => power),
      };
    });
}

function reading(columns: readonly string[], fields: readonly string[], line: number): Reading {
  const field = (name: string): string => fields[columns.indexOf(name)] ?? '';
  // `[N/A]` and `[Not Supported]` are no numbers, and stay unknown.
  const number = (name: string): number => Number.parseFloat(field(name));
  const parts = TIMESTAMP.exec(field('timestamp'));
  if (parts === null) {
    throw new TelemetryError(
      `Line ${line} of the nvidia-smi file: "${field('timestamp')}" is no time as nvidia-smi writes it.`,
    );
  }
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const ms = Number(`0.${parts[7] ?? 0}`) * 1000;
  return {
    unixMs: new Date(year, month - 1, day, hour, minute, second).getTime() + ms,
    index: Number.isNaN(number('index')) ? 0 : number('index'),
    name: field('name') || 'GPU',
    utilisation: number('utilization.gpu'),
    memoryUsed: number('memory.used'),
    power: number('power.draw'),
  };
}

/** Whether some of the readings, moved by `shift` ms, lie in the run. */
function overlaps(readings: readonly Reading[], origin: number, duration: number, shift = 0): boolean {
  const [first, last] = endsOf(readings);
  return first + shift <= origin + duration && last + shift >= origin;
}

/** Unix ms; from infinity to its negative where there are none. */
function endsOf(readings: readonly Reading[]): [first: number, last: number] {
  return readings.reduce<[number, number]>(
    ([first, last], { unixMs }) => [Math.min(first, unixMs), Math.max(last, unixMs)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  );
}

function zoneShift(readings: readonly Reading[], origin: number, duration: number): number {
  if (readings.length === 0 || overlaps(readings, origin, duration)) return 0;
  const [first, last] = endsOf(readings);
  const middle = origin + duration / 2 - (first + last) / 2;
  const shift = Math.round(middle / ZONE_STEP_MS) * ZONE_STEP_MS;
  const farthest = 26 * 60 * 60_000;
  if (Math.abs(shift) <= farthest && overlaps(readings, origin, duration, shift)) return shift;
  throw new TelemetryError(
    `The nvidia-smi file covers ${new Date(first).toLocaleString()} to ${new Date(last).toLocaleString()}, which is not when the run was.`,
  );
}
