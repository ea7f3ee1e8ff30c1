import type { Plan } from '../load/plan/plan.ts';
import { targetKey } from './run-summary.ts';

/** What an answer is about: the plan's name, else its first request, such as `POST /predict`. */
export function answerTitle(plan: Plan): string {
  return plan.name ?? targetKey(plan);
}
