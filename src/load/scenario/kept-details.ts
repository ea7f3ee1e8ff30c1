import { allSteps, hasStreams, type Plan } from '../plan/plan.ts';
import { sizeOf } from './shaped-step.ts';

/**
 * Whether the details of `request-table.ts` are kept: some answer is read into, or some request's rows are known. Throws a `PlanError`
 * where a file of a body cannot be read.
 */
export function keepsDetails(plan: Plan): boolean {
  return (
    hasStreams(plan) || allSteps(plan).some(({ step }) => step.timings !== null || sizeOf(step, plan.target) !== null)
  );
}
