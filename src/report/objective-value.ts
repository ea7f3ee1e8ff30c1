import { valueBeside } from '../load/measure/figure.ts';
import { parseObjective, unitOf } from '../load/measure/objective.ts';
import type { ObjectiveResult } from '../runs/run-document.ts';
import { duration, percent } from './figures.ts';

/** What an objective's metric came to, different from its limit where it differs: `251 ms`. */
export function objectiveValue({ objective, value }: ObjectiveResult): string {
  if (value === null) return 'unknown';
  try {
    const parsed = parseObjective(objective);
    return valueBeside(value, parsed.limit, unitOf(parsed));
  } catch {
    // Written by a version that knew other objectives.
    return objective.startsWith('rate') ? percent(value) : duration(value);
  }
}
