import { dataOfEveryRun } from '../load/plan/plan-prompts.ts';
import { storedPlan } from '../runner/opened/stored-plan.ts';
import type { RunDocument } from '../runs/run-document.ts';

/** The plan of a run, to be held against another's. */
export function planOf({ plan }: RunDocument): unknown {
  try {
    const stored = storedPlan(plan);
    return { ...stored, data: dataOfEveryRun(stored.data) };
  } catch {
    // What cannot be understood can still be held against the other.
    return plan;
  }
}

/** What a run's figures were measured with and on, beside its plan. */
export function surroundingsOf({ environment, tailflame, target, profile }: RunDocument): unknown {
  return {
    environment,
    tailflame,
    target: {
      url: target.url,
      address: target.address ?? null,
      carrier: target.carrier ?? null,
      protocol: target.protocol ?? null,
      runtime: target.runtime,
    },
    profiler: profile?.kind ?? null,
  };
}
