import type { LabelledSeries } from './labelled-series.ts';
import type { NamedSeries } from './named-series.ts';

/**
 * Names of what nvidia-smi tells, so that who reads a series finds what another wrote. Label `gpu`: as nvidia-smi numbers it (its UUID
 * where nothing told its number), `model`; `from`: `dmon` or `pmon`, where one of these told it.
 */
export const GPU_SERIES = {
  /** 0–1: the share of time in which some kernel ran, however little of the GPU it used. A mean over the 1/6 to 1 s before. */
  utilisation: 'GPU utilisation',
  /** MiB. */
  memory: 'GPU memory',
  /** W. */
  power: 'GPU power',
  /** 0–1: graphics and compute engines at work; of GPUs from Hopper on, by dmon's `--gpm-metrics`. */
  engineActivity: 'GPU engine activity',
  /** 0–1: cycles in which the tensor cores worked; from there too. */
  tensorActivity: 'GPU tensor activity',
  /** MiB. */
  memoryTotal: 'GPU memory total',
  /** 0–1: the share of time in which its memory was read or written. */
  memoryActivity: 'GPU memory activity',
  /** °C. */
  temperature: 'GPU temperature',
  /** MHz. */
  clock: 'GPU clock',
  /** 0–1: whether (dmon: for how much of the time) its clock was held back; with a label `reason` also for each reason that was met. */
  throttled: 'GPU throttled',
  /** Generation and lanes of its link, as they are used now. */
  pcieGeneration: 'GPU PCIe generation',
  pcieLanes: 'GPU PCIe lanes',
  /** MB/s. */
  pcieReceived: 'GPU PCIe received',
  pcieSent: 'GPU PCIe sent',
  /** MiB of one process; labels `pid`, `process`, and `target`: `yes` or `no`, where it is known whether it is the target's. */
  processMemory: 'GPU memory of a process',
  /** 0–1, with the same labels: the share of time in which a kernel of the process ran. */
  processUtilisation: 'GPU utilisation of a process',
} as const;

const NAMES: ReadonlySet<string> = new Set(Object.values(GPU_SERIES));
/** The others are kept with the run, and not drawn: they are constant, or would crowd what is drawn. */
const DRAWN: ReadonlySet<string> = new Set([
  GPU_SERIES.utilisation,
  GPU_SERIES.memory,
  GPU_SERIES.power,
  GPU_SERIES.engineActivity,
  GPU_SERIES.tensorActivity,
]);
const SHARES: ReadonlySet<string> = new Set([
  GPU_SERIES.utilisation,
  GPU_SERIES.engineActivity,
  GPU_SERIES.tensorActivity,
]);

export function isGpuSeries({ name }: LabelledSeries): boolean {
  return NAMES.has(name);
}

/** As it is drawn, shares in percent; empty where it is not. */
export function namedGpuSeries({ name, labels, unit, time, values }: LabelledSeries): NamedSeries[] {
  if (!DRAWN.has(name)) return [];
  const from = labels['from'] === undefined ? '' : ` (${labels['from']})`;
  const own = name.replace('GPU', `GPU ${labels['gpu']}`) + from;
  if (!SHARES.has(name)) return [{ name: own, unit, time, values }];
  return [{ name: own, unit: '%', time, values: values.map((share) => share * 100) }];
}

/** The GPUs that the target is known to use, by their label; null where nothing told. */
export function targetGpus(all: readonly LabelledSeries[]): ReadonlySet<string> | null {
  const own = all.filter(
    ({ name, labels }) =>
      (name === GPU_SERIES.processMemory || name === GPU_SERIES.processUtilisation) && labels['target'] === 'yes',
  );
  return own.length === 0 ? null : new Set(own.map(({ labels }) => labels['gpu'] ?? ''));
}

/** Telemetry that cannot be read, said to the person who gave it. */
export class TelemetryError extends Error {
  override readonly name = 'TelemetryError';
}
