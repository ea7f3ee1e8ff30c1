import { figure } from '../load/measure/figure.ts';
import { isValueMetric } from '../load/measure/metric.ts';
import { type Objective, parseObjective, unitOf } from '../load/measure/objective.ts';

/** The limits as they stand in a sentence after what holds: `under 250 ms`, `with rate<0.01`. */
export function limitText(objectives: readonly string[]): string {
  const [only] = objectives;
  const time = objectives.length === 1 && only !== undefined ? timeLimit(parseObjective(only)) : null;
  return time === null ? `with ${objectives.join(', ')}` : `under ${figure(time, 9)} ms`;
}

/** The longest time, ms, that an objective allows a request to take; null where none says. */
export function longestLimit(objectives: readonly string[]): number | null {
  const limits = objectives.map((text) => timeLimit(parseObjective(text))).filter((limit) => limit !== null);
  return limits.length === 0 ? null : Math.max(...limits);
}

/** The objective that limits a percentile of a time most strictly against its share: what a queue is held against. */
export function tailLimit(objectives: readonly string[]): { readonly limit: number; readonly allowed: number } | null {
  for (const text of objectives) {
    const objective = parseObjective(text);
    const limit = timeLimit(objective);
    if (limit !== null && objective.quantile !== null) return { limit, allowed: 1 - objective.quantile };
  }
  return null;
}

function timeLimit(objective: Objective): number | null {
  const { metric, operator, limit } = objective;
  return isValueMetric(metric) && unitOf(objective) === 'ms' && operator.startsWith('<') ? limit : null;
}
