import { type ThrottleTimes, throttledShare } from './control-group.ts';
import { type Relative, timeTaken } from './family.ts';
import type { GrowingSeries } from './growing-series.ts';
import type { MachineTimes } from './machine-times.ts';
import { TARGET_SERIES, TARGET_UNITS } from './target-series.ts';

/** A thread at one moment; counts since it began, NaN where they are not told. */
export interface ThreadLook {
  /** Run time, ms. */
  readonly at: number;
  /** On a core, ms. */
  readonly ran: number;
  /** Ready to run without a core, ms. */
  readonly waited: number;
  readonly voluntary: number;
  readonly involuntary: number;
}

/** A process at one moment; NaN where it is not told. */
export interface ProcessLook extends Relative {
  /** MiB. */
  readonly resident: number;
  readonly threadCount: number;
  readonly fds: number;
  readonly fdLimit: number;
  /** By number; empty where threads are not told. */
  readonly threads: ReadonlyMap<number, ThreadLook>;
}

/** The target and the machine it is on at one moment. */
export interface TargetLook {
  /** Run time, ms. */
  readonly at: number;
  readonly processes: ReadonlyMap<number, ProcessLook>;
  readonly machine: MachineTimes | null;
  /** 0–1; NaN where it is not told. */
  readonly memoryTaken: number;
  /** Of its control groups that have a limit. */
  readonly throttling: readonly ThrottleTimes[];
  /** NaN where they were not looked at. */
  readonly connections: number;
  readonly unaccepted: number;
}

export type TargetFigures = Partial<Record<keyof typeof TARGET_SERIES, number>>;

/** What two looks come to, for the time between them; what is not told is left out. */
export function targetFigures(before: TargetLook, after: TargetLook): TargetFigures {
  const elapsed = after.at - before.at;
  const processes = [...after.processes.values()];
  const total = (of: (look: ProcessLook) => number): number => processes.reduce((sum, look) => sum + of(look), 0);
  const throttled = after.throttling.map((now, group) => throttledShare(before.throttling[group]!, now, elapsed));
  const figures = {
    cpu: timeTaken(before.processes, after.processes) / elapsed,
    ...threadFigures(before, after),
    throttled: 100 * highest(throttled),
    memory: total(({ resident }) => resident),
    threads: total(({ threadCount }) => threadCount),
    fds: 100 * highest(processes.map(({ fds, fdLimit }) => fds / fdLimit)),
    connections: after.connections,
    acceptQueue: after.unaccepted,
    machineCpu: 100 * takenShare(before.machine, after.machine),
    machineMemory: 100 * after.memoryTaken,
  };
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => Number.isFinite(value)));
}

/** @param time run time, ms */
export function addFigures(series: GrowingSeries, time: number, figures: TargetFigures): void {
  for (const key of Object.keys(TARGET_SERIES) as (keyof typeof TARGET_SERIES)[]) {
    const value = figures[key];
    if (value !== undefined) series.add(TARGET_SERIES[key], TARGET_UNITS[key], time, value);
  }
}

function threadFigures(
  before: TargetLook,
  after: TargetLook,
): Pick<TargetFigures, 'busiestThread' | 'waitingForCore' | 'voluntarySwitches' | 'involuntarySwitches'> {
  const sums = { busiest: Number.NaN, waiting: 0, voluntary: 0, involuntary: 0 };
  for (const [pid, { started, threads }] of after.processes) {
    const process = before.processes.get(pid);
    const earlier = process?.started === started ? process.threads : null;
    for (const [thread, now] of threads) {
      const then = earlier?.get(thread) ?? { at: before.at, ran: 0, waited: 0, voluntary: 0, involuntary: 0 };
      const elapsed = now.at - then.at;
      const grown = (of: Exclude<keyof ThreadLook, 'at'>): number => Math.max(0, now[of] - then[of]) / elapsed;
      // It cannot have taken more than one core: what is more is of the moment between the clock and the count.
      const share = Math.min(1, grown('ran'));
      if (!(share <= sums.busiest)) sums.busiest = share;
      sums.waiting += grown('waited');
      sums.voluntary += 1000 * grown('voluntary');
      sums.involuntary += 1000 * grown('involuntary');
    }
  }
  if (Number.isNaN(sums.busiest)) return {};
  const { busiest, waiting, voluntary, involuntary } = sums;
  return {
    busiestThread: busiest,
    waitingForCore: waiting,
    voluntarySwitches: voluntary,
    involuntarySwitches: involuntary,
  };
}

function takenShare(before: MachineTimes | null, after: MachineTimes | null): number {
  if (before === null || after === null) return Number.NaN;
  return (after.taken - before.taken) / (after.total - before.total);
}

/** NaN where there is none. */
function highest(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value));
  return known.length === 0 ? Number.NaN : Math.max(...known);
}
