import { firstAddress, type Plan } from '../load/plan/plan.ts';

/** The plan's name, else what it sends first: `POST 127.0.0.1:8000/predict`. @param plan without secrets */
export function resultTitle(plan: Plan): string {
  if (plan.name !== null) return plan.name;
  const { host, pathname } = new URL(firstAddress(plan));
  return `${plan.scenarios[0]!.steps[0]!.method} ${host}${pathname === '/' ? '' : pathname}`;
}
