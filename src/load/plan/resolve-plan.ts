import { steadyUsers } from '../model/closed-load.ts';
import { type Load, modelOf } from '../model/load-model.ts';
import { steadyRate } from '../model/open-load.ts';
import { PLAN_DEFAULTS, type Plan, type ResolvedPlan } from './plan.ts';
import { hasStreams } from './plan-steps.ts';

/** More connections than this many only who asks for them gets. */
const MOST_UNASKED = 4096;

/**
 * The plan with a load: what it asks for, else `derived`.
 * @param serviceMs what an iteration took once; 0: not known
 */
export function resolvePlan(plan: Plan, derived: Load, serviceMs = 0): ResolvedPlan {
  const load = plan.load ?? derived;
  return { ...plan, load, connections: plan.connections ?? connectionsFor(load, hasStreams(plan) ? serviceMs : 0) };
}

/** @param streamMs what a stream took once: many long ones are under way at once, by Little's law, and need more connections than other answers */
function connectionsFor(load: Load, streamMs: number): number {
  const { closed, highestLevel } = modelOf(load);
  if (closed) return Math.max(1, Math.ceil(highestLevel));
  const underWay = (highestLevel * streamMs) / 1000;
  return Math.max(PLAN_DEFAULTS.openConnections, Math.min(MOST_UNASKED, Math.ceil(2 * underWay)));
}

/**
 * A load that hardly makes requests wait for each other, for an iteration that took `serviceMs` once: half of what one at a time
 * could serve, between 1 and 200 per second, rounded to two digits. Streams that take so long that this would be less than one a second
 * are asked for by one user: they would pile up where a server takes one at a time.
 */
export function gentleLoad(serviceMs: number, plan: Pick<Plan, 'duration' | 'scenarios'>): Load {
  const { duration } = plan;
  if (hasStreams(plan) && serviceMs > 500) return steadyUsers(1, duration);
  const rate = Math.min(200, Math.max(1, 500 / Math.max(serviceMs, 0.1)));
  return steadyRate(Number(rate.toPrecision(2)), duration);
}
