import type { ObjectiveData } from '../../src/load/measure/judged-objective.ts';
import type { Selector } from '../../src/load/measure/objective.ts';
import type { ObjectiveCounts } from '../../src/load/measure/objective-counts.ts';
import type { DataOf, Span } from '../../src/load/measure/sliding-window.ts';

/** One request that ended. Ms. */
export interface Row {
  readonly end: number;
  /** Of every metric of ms; of one that was interrupted, how long it had waited. */
  readonly ms: number;
  readonly outcome: 'ok' | 'failed' | 'dropped' | 'interrupted';
  readonly labels: Selector;
  /** Whether its checks held; null where it has none. */
  readonly check: boolean | null;
}

export function row(end: number, ms: number, more: Partial<Row> = {}): Row {
  return { end, ms, outcome: 'ok', labels: {}, check: null, ...more };
}

/** What objectives are judged by, over rows of which each is an iteration of its own. */
export function dataOver(rows: readonly Row[], span: Span): DataOf {
  return (from, to) => {
    const inside = rows.filter(({ end }) => end >= from && (end < to || to >= span.end));
    return dataOf(inside, { start: from, end: Math.min(to, span.end) });
  };
}

export function dataOf(rows: readonly Row[], span: Span = { start: 0, end: 10_000 }): ObjectiveData {
  const matching = (selector: Selector): Row[] =>
    rows.filter(({ labels }) => Object.entries(selector).every(([key, value]) => labels[key] === value));
  return {
    values: (_metric, selector) =>
      Float64Array.from(
        matching(selector).filter(({ outcome }) => outcome === 'ok'),
        ({ ms }) => ms,
      ),
    waited: (_metric, selector) =>
      Float64Array.from(
        matching(selector).filter(({ outcome }) => outcome === 'interrupted'),
        ({ ms }) => ms,
      ),
    counts: (selector): ObjectiveCounts => {
      const found = matching(selector);
      const count = (outcome: Row['outcome']): number => found.filter((each) => each.outcome === outcome).length;
      const answered = count('ok');
      const within = found.filter(({ outcome, end }) => outcome === 'ok' && end < span.end).length;
      return {
        answered,
        failed: count('failed'),
        dropped: count('dropped'),
        interrupted: count('interrupted'),
        checked: found.filter(({ check }) => check !== null).length,
        checksFailed: found.filter(({ check }) => check === false).length,
        iterations: answered,
        outputTokens: null,
        good: null,
        within: {
          answered: within,
          iterations: within,
          outputTokens: null,
          good: null,
          seconds: (span.end - span.start) / 1000,
        },
      };
    },
  };
}
