import { PLAN_DEFAULTS, type Plan } from './plan.ts';

/** `60`, `60/s for 30s`, `8 users`, or nothing; null where it is none of these. Duration in ms. */
export function parseLoad(text: string): Pick<Plan, 'load' | 'duration'> | null {
  const match = /^\s*(?:(\d+(?:\.\d+)?)\s*(\/s|users?)?)?\s*(?:for\s+(\d+)\s*s)?\s*$/.exec(text);
  if (!match) return null;
  const [, amount, unit, seconds] = match;
  const duration = seconds === undefined ? PLAN_DEFAULTS.duration : Number(seconds) * 1000;
  if (amount === undefined) return { load: null, duration };
  if (unit?.startsWith('user')) return { load: { model: 'closed', users: Number(amount) }, duration };
  return { load: { model: 'open', rate: Number(amount), arrivals: 'poisson' }, duration };
}
