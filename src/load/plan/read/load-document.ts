import path from 'node:path';
import { parseLoad } from '../load-text.ts';
import { type Load, PLAN_DEFAULTS, type Stage, steadyRate, steadyUsers } from '../plan.ts';
import { isOfUsers, type LoadDocument, type StageDocument } from '../schema/load-schema.ts';

/** Recorded arrivals that a plan names but does not hold. */
export interface Replay {
  /** Absolute. */
  readonly file: string;
  /** 2: twice as fast as recorded. */
  readonly speed: number;
  /** Ms; null: as long as there are arrivals. */
  readonly duration: number | null;
}

/** What a plan's load comes to. Where there is a replay, the load has to be read from its file. */
export interface LoadOfPlan {
  readonly load: Load | null;
  readonly duration: number;
  readonly replay: Replay | null;
}

/** @param written the plan's own duration, ms @param folder that file names are relative to */
export function loadOf(document: LoadDocument | undefined, written: number | undefined, folder: string): LoadOfPlan {
  const duration = written ?? PLAN_DEFAULTS.duration;
  const of = (load: Load | null): LoadOfPlan => ({ load, duration, replay: null });
  if (document === undefined) return of(null);
  if (typeof document === 'number') return of(steadyRate(document, duration));
  if (typeof document === 'string') return { ...parseLoad(document, duration)!, replay: null };
  const { rate, users, stages, replay, arrivals = 'poisson', burstiness = 1, speed = 1 } = document;
  if (rate !== undefined) return of(steadyRate(rate, duration, arrivals, burstiness));
  if (users !== undefined) return of(steadyUsers(users, duration));
  if (replay !== undefined) {
    return { load: null, duration, replay: { file: path.resolve(folder, replay), speed, duration: written ?? null } };
  }
  const levels = levelsOf(stages!);
  const load: Load = stages!.some(isOfUsers)
    ? { model: 'closed', stages: levels }
    : { model: 'open', arrivals, burstiness, stages: levels };
  return { load, duration: lengthOf(levels), replay: null };
}

/** Ms. */
export function lengthOf(stages: readonly Pick<Stage, 'duration'>[]): number {
  return stages.reduce((sum, { duration }) => sum + duration, 0);
}

export function defaultStageName(at: number): string {
  return `stage ${at + 1}`;
}

/** Ramps go from the level before, which at the start is 0. */
function levelsOf(stages: readonly StageDocument[]): Stage[] {
  let before = 0;
  return stages.map(({ rate, ramp, users, rampUsers, from: start, for: duration, name }, at) => {
    const held = rate ?? users;
    const to = held ?? ramp ?? rampUsers!;
    const from = held ?? start ?? before;
    before = to;
    return { name: name ?? defaultStageName(at), from, to, duration };
  });
}
