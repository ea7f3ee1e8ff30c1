import { allSteps, type Plan } from '../plan/plan.ts';
import { shapeOfStep } from './shaped-step.ts';

/** An address at which a server tells of itself. */
export interface MetricsPlace {
  readonly origin: string;
  readonly path: string;
}

/**
 * Where to ask the servers of a plan for their own metrics: where the plan says, else by the APIs of its steps, of servers that the plan
 * sends load to anyway. Throws a `PlanError` where a file of a body cannot be read.
 *
 * @param origins that the plan's steps go to
 */
export function metricsPlaces(plan: Plan, origins: readonly string[]): MetricsPlace[] {
  const { metrics } = plan.target;
  if (metrics === 'off') return [];
  if (metrics !== 'auto') return [placeOf(new URL(metrics))];
  const places = allSteps(plan).flatMap(({ step }): MetricsPlace[] => {
    const { shape, url } = shapeOfStep(step, plan.target) ?? {};
    const path = shape?.metrics?.(url!.pathname) ?? null;
    // A model that only the iteration names has no address yet.
    if (path === null || url === undefined || /\$|%7b/i.test(path) || !origins.includes(url.origin)) return [];
    return [{ origin: url.origin, path }];
  });
  return [...new Map(places.map((place) => [place.origin + place.path, place])).values()];
}

function placeOf({ origin, pathname, search }: URL): MetricsPlace {
  return { origin, path: pathname + search };
}
