import type { Phase } from '../../runs/request-table.ts';
import type { ArrivalTimes } from '../arrivals/arrivals.ts';
import { type ClosedLoad, closedLoad } from './closed-load.ts';
import { type OpenLoad, openLoad } from './open-load.ts';
import { type ReplayedLoad, replayedLoad } from './replayed-load.ts';
import type { Stage } from './stages.ts';

export type Load = OpenLoad | ReplayedLoad | ClosedLoad;

/**
 * A load as those see it who plan, send, measure and tell of it, whatever its model: a new model is a file beside this one, and a line
 * in {@link MODELS}. Times are ms; those of a phase count from its start.
 */
export interface LoadModel {
  /** Whether users wait for an answer before they send again. If not, iterations begin whatever the server does. */
  readonly closed: boolean;
  /** Empty where the load has none. */
  readonly stages: readonly Stage[];
  /** What phases that do not follow the load's shape are sent at, a warm-up for one; 0: they send nothing. */
  readonly firstLevel: number;
  /** The most there is of it at any time: iterations a second, or users. */
  readonly highestLevel: number;
  /** Null where no rate is asked for. */
  readonly asked: AskedIterations | null;
  /** When the iterations of a phase from `start` (run time) on begin; null where users decide that. */
  arrivals(start: number, seed: number, phase: Phase): ArrivalTimes | null;
  /** The same at {@link firstLevel}, without an end. */
  steadyArrivals(start: number, seed: number, phase: Phase): ArrivalTimes | null;
  /** Throws a `PlanError` for a number that is out of its limits. */
  check(): void;
  /** A few words. @param duration of all of it */
  words(duration: number): string;
}

/** How many iterations a phase that follows the load's shape is asked for. */
export interface AskedIterations {
  before(time: number): number;
  /** Iterations a second. */
  rateAt(time: number): number;
}

const MODELS: { readonly [M in Load['model']]: (load: Extract<Load, { model: M }>) => LoadModel } = {
  open: openLoad,
  closed: closedLoad,
  replay: replayedLoad,
};

export function modelOf(load: Load): LoadModel {
  return (MODELS[load.model] as (load: Load) => LoadModel)(load);
}
