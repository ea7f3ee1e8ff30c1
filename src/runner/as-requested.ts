import { PlanError } from '../load/plan/plan-error.ts';
import { RunnerError } from './messages.ts';

/** What is wrong with the plan is the fault of who asked: a {@link PlanError} becomes a {@link RunnerError} of exit status 2. */
export function asRequested<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (error instanceof PlanError) throw new RunnerError(2, error.message);
    throw error;
  }
}
