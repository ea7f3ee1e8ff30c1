import type { Plan } from '../load/plan/plan.ts';
import { firstAddress } from '../load/plan/plan-steps.ts';

/** The plan's name, else what it sends first: `POST 127.0.0.1:8000/predict`. @param plan without secrets */
export function resultTitle(plan: Plan): string {
  if (plan.name !== null) return plan.name;
  const { host, pathname } = new URL(firstAddress(plan));
  // A placeholder is to be read as it was written.
  const path = pathname.replaceAll('%7B', '{').replaceAll('%7D', '}');
  return `${plan.scenarios[0]!.steps[0]!.method} ${host}${path === '/' ? '' : path}`;
}
