import { isValueMetric, METRICS } from '../load/measure/metric.ts';
import { parseObjective } from '../load/measure/objective.ts';
import { supportFor } from '../load/measure/percentile.ts';
import { selectionOf } from '../load/measure/selection.ts';
import type { Plan } from '../load/plan/plan.ts';

/** What there has to be before an objective can be told. */
export interface NeededAnswers {
  /** As it was written. */
  readonly objective: string;
  readonly answers: number;
  /** Iterations that bring as many answers of the steps it is of, in the mean over the scenarios by their weight. */
  readonly iterations: number;
}

/** Throws a {@link PlanError} for what is no objective. */
export function neededAnswers(plan: Plan, text: string): NeededAnswers {
  const { quantile, metric, selector } = parseObjective(text);
  const answers = quantile === null || !isValueMetric(metric) ? 1 : supportFor(quantile);
  const { steps } = selectionOf(plan, selector, 0);
  let index = 0;
  let [each, weights] = [0, 0];
  for (const scenario of plan.scenarios) {
    const meant = scenario.steps.reduce((sum) => sum + steps[index++]!, 0);
    each += scenario.weight * (METRICS[metric].ofIterations ? Math.min(1, meant) : meant);
    weights += scenario.weight;
  }
  return { objective: text, answers, iterations: each > 0 ? (answers * weights) / each : answers };
}
