import { PlanError } from '../plan-error.ts';
import { type PlanFault, PlanFileError } from '../read/plan-fault.ts';
import { readPlan } from '../read/plan-file.ts';

/** What is wrong with the text of a plan file, for an editor: at most ten faults, none where it can be run. See {@link readPlan}. */
export function planFaults(text: string, file: string, environment: NodeJS.ProcessEnv): readonly PlanFault[] {
  try {
    readPlan(text, file, environment);
    return [];
  } catch (error) {
    if (error instanceof PlanFileError) return error.faults;
    if (error instanceof PlanError) return [{ line: 1, column: 1, message: error.message }];
    throw error;
  }
}
