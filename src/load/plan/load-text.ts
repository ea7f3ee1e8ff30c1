import { steadyUsers } from '../model/closed-load.ts';
import type { Load } from '../model/load-model.ts';
import { steadyRate } from '../model/open-load.ts';
import { durationText, parseDuration } from './duration.ts';
import { PLAN_DEFAULTS } from './plan.ts';

const LOAD = /^\s*(?:(\d+(?:\.\d+)?)\s*(\/\s*s|users?)?)?\s*(?:\bfor\s+(\S.*))?$/;

/**
 * `60`, `60/s for 30s`, `8 users`, or nothing, which is a load of null; null where it is none of these. Whether the numbers are
 * within their limits is not looked at.
 *
 * @param otherwise the duration of a text that says none, ms
 */
export function parseLoad(
  text: string,
  otherwise: number = PLAN_DEFAULTS.duration,
): { load: Load | null; duration: number } | null {
  const match = LOAD.exec(text);
  if (!match) return null;
  const [, amount, unit, time] = match;
  const duration = time === undefined ? otherwise : parseDuration(time);
  if (duration === null) return null;
  if (amount === undefined) return { load: null, duration };
  const load = unit?.startsWith('user') ? steadyUsers(Number(amount), duration) : steadyRate(Number(amount), duration);
  return { load, duration };
}

/** Whether a load's text says for how long it is. */
export function saysHowLong(text: string): boolean {
  return LOAD.exec(text)?.[3] !== undefined;
}

/** A steady load with nothing particular about it, as {@link parseLoad} reads it; null for any other. */
export function loadText(load: Load, withDuration: boolean): string | null {
  if (load.model !== 'open' && load.model !== 'closed') return null;
  const [stage] = load.stages;
  if (load.stages.length !== 1 || stage === undefined || stage.name !== 'steady' || stage.from !== stage.to)
    return null;
  if (load.model === 'open' && (load.arrivals !== 'poisson' || load.burstiness !== 1)) return null;
  const level = load.model === 'open' ? `${stage.from}/s` : `${stage.from} ${stage.from === 1 ? 'user' : 'users'}`;
  return withDuration ? `${level} for ${durationText(stage.duration)}` : level;
}
