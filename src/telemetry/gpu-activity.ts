import { DCGM_ACTIVITY, DCGM_PART } from './dcgm.ts';
import { GPU_SERIES, targetGpus } from './gpu-series.ts';
import type { LabelledSeries } from './labelled-series.ts';

/** How busy one GPU was, by the best that was told of it. */
export interface GpuActivity {
  /** Its number, behind a `/` that of a part of it; its UUID where nothing told its number. */
  readonly gpu: string;
  /** Its model; empty where it was not told. */
  readonly name: string;
  /** `engine`: compute engines; `tensor`: cycles of the tensor cores; `utilisation`: time in which some kernel ran. */
  readonly source: 'engine' | 'tensor' | 'utilisation';
  /** Who told it, for people: `nvidia-smi's utilisation`. */
  readonly by: string;
  /** Ms: how often it was told anew. */
  readonly window: number;
  /** Run time, ms, ascending: a value is a mean of the time from `from` on. */
  readonly from: Float64Array;
  readonly time: Float64Array;
  /** 0–1. */
  readonly values: Float64Array;
}

interface Source {
  readonly series: string;
  /** The label `from`, which tells dmon's from the others. */
  readonly from?: string;
  readonly source: GpuActivity['source'];
  readonly by: string;
  readonly scale: number;
  /** Ms: its values are means of no longer a time. */
  readonly longest: number;
  /** Ms: what it is a mean of had ended so long before it was told. */
  readonly late: number;
  /** Its values are so fine that two which are the same are one that was told twice. */
  readonly fine: boolean;
}

/** The driver averages over 1/6 to 1 s, depending on the product. */
const LONGEST_MS = 1000;
/** By nvidia-smi --query-gpu, 50 ms more or less: measured, as nothing says it (docs/decisions/gpu.md). */
const SMI_LATE_MS = 100;
/** The DCGM exporter collects every 30 s where nobody said otherwise. */
const LONGEST_DCGM_MS = 30_000;

function dcgm(name: keyof typeof DCGM_ACTIVITY, source: GpuActivity['source'], scale: number): Source {
  const series = DCGM_ACTIVITY[name];
  return { series, source, by: `DCGM's ${series}`, scale, longest: LONGEST_DCGM_MS, late: 0, fine: scale === 1 };
}

function smi(series: string, source: GpuActivity['source'], by: string, from?: string): Source {
  const common = { series, source, by, scale: 1, longest: LONGEST_MS, fine: false };
  return from === undefined ? { ...common, late: SMI_LATE_MS } : { ...common, late: 0, from };
}

/** The best first. */
const SOURCES: readonly Source[] = [
  dcgm('engine', 'engine', 1),
  smi(GPU_SERIES.engineActivity, 'engine', 'the engine activity of nvidia-smi dmon', 'dmon'),
  dcgm('tensor', 'tensor', 1),
  smi(GPU_SERIES.tensorActivity, 'tensor', 'the tensor activity of nvidia-smi dmon', 'dmon'),
  smi(GPU_SERIES.utilisation, 'utilisation', "nvidia-smi's utilisation"),
  smi(GPU_SERIES.utilisation, 'utilisation', 'the utilisation of nvidia-smi dmon', 'dmon'),
  dcgm('utilisation', 'utilisation', 0.01),
];

/** A source with fewer values is taken only where no other has as many. */
const ENOUGH_VALUES = 10;
/** Values between idle and busy that stood for a while, each: as many say how often the driver tells anew. */
const MIN_STANDING = 5;

/**
 * How busy each GPU was: by its engines, else by its tensor cores, else by its utilisation, which is near 1 whenever any kernel runs,
 * however little of the GPU it uses. Values that were read again before the next one came are left out: what they are a mean of was
 * told already.
 */
export function gpuActivity(all: readonly LabelledSeries[]): GpuActivity[] {
  const gpus = new Map<string, { source: Source; series: LabelledSeries[] }[]>();
  for (const source of SOURCES) {
    for (const series of all) {
      if (series.name !== source.series || series.labels['from'] !== source.from) continue;
      const gpu = gpuOf(series);
      const own = gpus.get(gpu) ?? [];
      gpus.set(gpu, own);
      const known = own.find((one) => one.source === source);
      if (known === undefined) own.push({ source, series: [series] });
      else known.series.push(series);
    }
  }
  return [...gpus]
    .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
    .flatMap(([gpu, own]) => {
      const told = own.flatMap(({ source, series }) => activityOf(gpu, source, series) ?? []);
      const [first] = told.toSorted((a, b) => b.time.length - a.time.length);
      const best = told.find(({ time }) => time.length >= ENOUGH_VALUES) ?? first;
      return best === undefined ? [] : [best];
    });
}

/** The GPUs that the target is known to use, else all. */
export function targetActivity(all: readonly LabelledSeries[]): { gpus: GpuActivity[]; known: boolean } {
  const gpus = gpuActivity(all);
  const own = targetGpus(all);
  const used = gpus.filter(({ gpu }) => own?.has(gpu.split('/')[0]!) === true);
  return used.length === 0 ? { gpus, known: false } : { gpus: used, known: true };
}

function gpuOf({ labels }: LabelledSeries): string {
  const part = labels[DCGM_PART];
  return part === undefined || part === '' ? (labels['gpu'] ?? '0') : `${labels['gpu'] ?? '0'}/${part}`;
}

/** Null where nothing says what its values are means of. */
function activityOf(gpu: string, source: Source, series: readonly LabelledSeries[]): GpuActivity | null {
  const { by, longest, late } = source;
  const readings = readingsOf(series, source.scale);
  const told = toldAnew(readings, source);
  if (told === null || told.rows.length === 0) return null;
  const time = Float64Array.from(told.rows, (row) => readings[row]!.time - late);
  const reach = Math.min(longest, 1.5 * told.window);
  return {
    gpu,
    name: series[0]!.labels['model'] ?? series[0]!.labels['modelName'] ?? '',
    source: source.source,
    by,
    window: told.window,
    from: time.map((to, i) => Math.max(to - reach, time[i - 1] ?? Number.NEGATIVE_INFINITY)),
    time,
    values: Float64Array.from(told.rows, (row) => readings[row]!.value),
  };
}

interface Reading {
  readonly time: number;
  readonly value: number;
}

/** What was told, in order of time. Labels may change on the way: a pod's name comes and goes. */
function readingsOf(series: readonly LabelledSeries[], scale: number): Reading[] {
  return series
    .flatMap(({ time, values }) =>
      Array.from(time, (at, row) => ({ time: at, value: Math.min(1, Math.max(0, values[row]! * scale)) })),
    )
    .filter(({ value }) => !Number.isNaN(value))
    .sort((a, b) => a.time - b.time)
    .filter(({ time }, row, sorted) => time !== sorted[row - 1]?.time);
}

/**
 * The rows at which a value was new, and how often one was. Where a source is read more often than it tells anew, values stand: only
 * those between idle and busy show that, since 0 and 1 may be told anew and be the same. Null where one stood all the time.
 */
function toldAnew(readings: readonly Reading[], { fine, longest }: Source): { window: number; rows: number[] } | null {
  const steps = readings.slice(1).map(({ time }, row) => time - readings[row]!.time);
  const step = middleOf(steps) ?? longest;
  const all = { window: step, rows: [...readings.keys()] };
  const starts = all.rows.filter((row) => row === 0 || readings[row]!.value !== readings[row - 1]!.value);
  const stood = starts
    .map((row, i) => ({ row, next: starts[i + 1] ?? -1 }))
    .filter(({ row }) => readings[row]!.value > 0 && readings[row]!.value < 1);
  // When the first one came is not known, nor when the last one went.
  const whole = stood
    .filter(({ row, next }) => row > 0 && next > 0)
    .map(({ row, next }) => readings[next]!.time - readings[row]!.time)
    .sort((a, b) => a - b);
  if (whole.length < (fine ? 1 : MIN_STANDING)) {
    const stands = fine && stood.some(({ row, next }) => (next < 0 ? readings.length : next) - row > 2);
    return stands ? null : all;
  }
  const shortest = whole[0]!;
  if (shortest < 1.5 * step) return all;
  const window = Math.min(longest, middleOf(whole.filter((ms) => ms < 1.5 * shortest))!);
  const rows: number[] = [];
  for (const row of all.rows) {
    const last = rows.at(-1);
    const isNew = last === undefined || readings[row]!.value !== readings[last]!.value;
    if (isNew || readings[row]!.time - readings[last]!.time >= window - step / 2) rows.push(row);
  }
  return { window, rows };
}

function middleOf(values: readonly number[]): number | null {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? null;
}
