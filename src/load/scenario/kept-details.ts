import type { Plan, Step } from '../plan/plan.ts';
import { PlanError } from '../plan/plan-error.ts';
import { allSteps, hasStreams } from '../plan/plan-steps.ts';
import { sizeOf } from './shaped-step.ts';

/** Whether the details of `request-table.ts` are kept: some answer is read into, or some request's rows are known. */
export function keepsDetails(plan: Plan): boolean {
  return hasStreams(plan) || allSteps(plan).some(({ step }) => step.timings !== null || isSized(step, plan));
}

/** Of a run that is read again the file of a body may be gone. */
function isSized(step: Step, { target }: Plan): boolean {
  try {
    return sizeOf(step, target) !== null;
  } catch (error) {
    if (error instanceof PlanError) return false;
    throw error;
  }
}
