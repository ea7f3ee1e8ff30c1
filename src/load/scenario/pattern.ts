import { PlanError } from '../plan/plan-error.ts';

/** A regular expression of a plan. Throws a {@link PlanError} where it is none. */
export function compilePattern(pattern: string): RegExp {
  try {
    return new RegExp(pattern);
  } catch (error) {
    throw new PlanError(`"${pattern}" is not a regular expression: ${reasonOf(error)}.`);
  }
}

/** V8's reason, without the expression it repeats. */
export function reasonOf(error: unknown): string {
  return (error as Error).message.replace(/^.*\/[a-z]*: /s, '');
}

/** How many groups a pattern captures. */
export function groupsOf(pattern: RegExp): number {
  // The empty alternative matches anything, and a match lists every group of the pattern.
  return new RegExp(`${pattern.source}|`).exec('')!.length - 1;
}
