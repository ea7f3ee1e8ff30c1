import type { Plan } from '../plan.ts';
import { allSteps } from '../plan-steps.ts';
import type { PlanDocument } from '../schema/plan-schema.ts';
import { placedScenarios, placedSetup } from './placed-steps.ts';
import type { Fault } from './plan-fault.ts';

/** Streams of which more is said, and that are none that is known: who says more about a stream must mean one. */
export function streamFaults(document: PlanDocument, plan: Plan): Fault[] {
  const placed = [...placedSetup(document), ...placedScenarios(document).flatMap(({ steps }) => steps)];
  const steps = [...(plan.setup?.steps ?? []), ...allSteps(plan).map(({ step }) => step)];
  return placed.flatMap(({ step, path }, at): Fault[] => {
    if (typeof step.stream !== 'object' || steps[at]!.stream !== null) return [];
    const message =
      'This request asks for no stream that is known by its path and body. Say whose it is: {api: openai-chat}, or {api: sse} for any other.';
    return [{ path: [...path, 'stream'], at: 'value', part: null, message }];
  });
}
