import { steadyUsers } from '../../load/model/closed-load.ts';
import { steadyRate } from '../../load/model/open-load.ts';
import { plainPlan, plainTarget } from '../../load/plan/plain-plan.ts';
import type { ResolvedPlan, Step } from '../../load/plan/plan.ts';
import { resolvePlan } from '../../load/plan/resolve-plan.ts';

/** A plan as versions before scenarios wrote it: one request, an even load. */
interface FirstPlan {
  readonly target: Parameters<typeof plainPlan>[0];
  readonly load:
    | { readonly model: 'open'; readonly rate: number }
    | { readonly model: 'closed'; readonly users: number };
  readonly duration: number;
  readonly warmup: number;
  readonly timeout: number;
  readonly connections: number;
  readonly seed: number;
  readonly objectives: readonly string[];
}

/** What versions before them did not know of steps. */
const LATER = { stream: null, batch: null, timings: null } as const;

/** The plan in a `run.json`, whichever version wrote it. */
export function storedPlan(stored: unknown): ResolvedPlan {
  if (typeof stored === 'object' && stored !== null && 'scenarios' in stored) {
    const plan = stored as ResolvedPlan;
    const steps = (all: readonly Step[]): Step[] => all.map((step) => ({ ...LATER, ...step }));
    return {
      ...plan,
      target: { ...plainTarget(plan.target.url), ...plan.target },
      setup: plan.setup && { ...plan.setup, steps: steps(plan.setup.steps) },
      scenarios: plan.scenarios.map((scenario) => ({ ...scenario, steps: steps(scenario.steps) })),
      // Versions before it did not split.
      split: plan.split ?? null,
    };
  }
  const { target, load, objectives, ...first } = stored as FirstPlan;
  const shaped =
    load.model === 'open' ? steadyRate(load.rate, first.duration) : steadyUsers(load.users, first.duration);
  const plan = {
    ...plainPlan(target),
    ...first,
    objectives: objectives.map((objective) => ({ objective, window: null, abort: false, after: 0 })),
  };
  const scenarios = plan.scenarios.map((scenario) => ({
    ...scenario,
    // Where today's plans would be taken for streams by their body, these were not.
    steps: scenario.steps.map((step) => ({ ...step, stream: null })),
  }));
  return resolvePlan({ ...plan, scenarios }, shaped);
}
