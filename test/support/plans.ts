import { type Load, modelOf } from '../../src/load/model/load-model.ts';
import { PLAIN_STEP, plainPlan } from '../../src/load/plan/plain-plan.ts';
import type { Plan, Scenario, Step, Target, Tls } from '../../src/load/plan/plan.ts';

/** A plan with no warm-up and a seed of its own for the load given; one GET of `url` unless it is told otherwise. */
export function planOf(url: string, load: Load, more: Partial<Plan> = {}): Plan {
  const plan = plainPlan({ url, method: 'GET', headers: {}, body: null });
  return { ...plan, warmup: 0, timeout: 10_000, load, duration: durationOf(load), ...more };
}

export function stepTo(url: string, more: Partial<Step> = {}): Step {
  return { name: url, method: 'GET', url, ...PLAIN_STEP, ...more };
}

export function scenarioOf(...steps: readonly Step[]): Scenario {
  return { name: 'main', weight: 1, steps, tags: {} };
}

export function withTarget(plan: Plan, target: Partial<Omit<Target, 'tls'>>, tls: Partial<Tls> = {}): Plan {
  return { ...plan, target: { ...plan.target, ...target, tls: { ...plan.target.tls, ...tls } } };
}

function durationOf(load: Load): number {
  if ('times' in load) return Math.ceil(load.times.at(-1)! + 1);
  return modelOf(load).stages.reduce((sum, { duration }) => sum + duration, 0);
}
