import type { Plan } from '../plan/plan.ts';
import { allSteps } from '../plan/plan-steps.ts';
import { limitsRequests } from './good-requests.ts';
import { METRICS } from './metric.ts';
import { type Objective, parseObjective, whereOf } from './objective.ts';
import { selectionOf } from './selection.ts';

/** What an objective is about that the plan does not have, as a sentence; null where it has it. */
export function missingFor(objective: Objective, plan: Plan): string | null {
  const { text, metric, selector } = objective;
  if (METRICS[metric].ofStreams) {
    const { steps } = selectionOf(plan, selector, 0);
    if (allSteps(plan).some(({ step }, index) => steps[index] === 1 && step.stream !== null)) return null;
    return `"${text}": no answer${whereOf(selector)} streams. Give the step a stream, such as stream: openai-chat.`;
  }
  if (!METRICS[metric].ofGood) return null;
  if (plan.objectives.some((other) => limitsRequests(parseObjective(other.objective)))) return null;
  return (
    `"${text}" is about requests within the limits that other objectives set to single requests, and there are none. ` +
    `Add one such as ${METRICS.latency.example}.`
  );
}
