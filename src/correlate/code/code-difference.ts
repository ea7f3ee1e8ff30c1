import { type CodeRun, lineTimes } from './line-times.ts';
import { type SlowerCode, slowerCode } from './slower-code.ts';

/** What of the code took longer and what shorter in the second of two sides, the most first. */
export interface CodeDifference {
  readonly slower: readonly SlowerCode[];
  readonly faster: readonly SlowerCode[];
}

/** Nothing says that the two differ at all: what does is said where chance hardly ever makes as much of it. */
const DEVIATIONS = 3;

/** By the profiled runs of either side, for each request. Null where a side has none, or its profiles have no times. */
export function codeDifference(first: readonly CodeRun[], second: readonly CodeRun[]): CodeDifference | null {
  const [before, now] = [lineTimes(first, 'all'), lineTimes(second, 'all')];
  if (before === null || now === null) return null;
  const faster = slowerCode(now, before, DEVIATIONS).map((code) => ({ ...code, before: code.now, now: code.before }));
  return { slower: slowerCode(before, now, DEVIATIONS), faster };
}
