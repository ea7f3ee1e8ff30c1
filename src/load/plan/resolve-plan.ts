import { modelOf } from '../model/load-model.ts';
import { hasStreams, type Load, PLAN_DEFAULTS, type Plan, type ResolvedPlan } from './plan.ts';

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
