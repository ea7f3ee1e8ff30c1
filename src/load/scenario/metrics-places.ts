import { METRICS_EVERY_MS, type MetricsEndpoint, metricsEntries } from '../plan/metrics-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { allSteps } from '../plan/plan-steps.ts';
import { shapeOfStep } from './shaped-step.ts';

/** An endpoint that is asked for metrics. */
export interface MetricsPlace extends MetricsEndpoint {
  /** Whether the plan names it; else it follows from the API of a step, and may not be there. */
  readonly named: boolean;
}

/**
 * Where to ask servers for their metrics: where the plan says, and for `auto` by the APIs of its steps, of servers that the plan sends load
 * to anyway. Throws a `PlanError` where a file of a body cannot be read.
 *
 * @param origins that the plan's steps go to
 */
export function metricsPlaces(plan: Plan, origins: readonly string[]): MetricsPlace[] {
  const entries = metricsEntries(plan.target.metrics);
  const named = entries.flatMap((entry) => (entry === 'auto' ? [] : [{ ...entry, named: true }]));
  const found = entries.includes('auto') ? placesOfSteps(plan, origins) : [];
  const places = [...named, ...found].map((place) => [new URL(place.url).href, place] as const);
  // What is named and found as well is asked as it is named.
  return [...new Map(places.toReversed()).values()].toReversed();
}

function placesOfSteps(plan: Plan, origins: readonly string[]): MetricsPlace[] {
  return allSteps(plan).flatMap(({ step }): MetricsPlace[] => {
    const { shape, url } = shapeOfStep(step, plan.target) ?? {};
    const path = shape?.metrics?.(url!.pathname) ?? null;
    // A model that only the iteration names has no address yet.
    if (path === null || url === undefined || /\$|%7b/i.test(path) || !origins.includes(url.origin)) return [];
    return [{ url: url.origin + path, series: null, every: METRICS_EVERY_MS, headers: {}, named: false }];
  });
}
