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

/** `It was 240 ms.`, or why it does not hold or cannot be told. */
export function objectiveSentence(result: ObjectiveResult): string {
  return result.reason ?? `It was ${objectiveValue(result)}.`;
}

/**
 * The same while the run goes on: `Holds so far: it is 240 ms.`
 * @param window ms, where it is for windows: then its value is of the last one, and a reason not to hold says which window broke it
 */
export function objectiveSoFar(result: ObjectiveResult, window: number | null): string {
  const { ok, value, reason } = result;
  const is = window === null ? 'it is' : `in the last ${duration(window)} it was`;
  if (ok === true) return `Holds so far: ${is} ${objectiveValue(result)}.`;
  if (ok === false)
    return value === null || window !== null
      ? (reason ?? '')
      : `Does not hold so far: it is ${objectiveValue(result)}.`;
  if (reason) return `Too few requests yet: ${reason}`;
  return value === null ? 'Too few requests yet.' : `Not met yet: it is ${objectiveValue(result)}.`;
}
