import { clusteringOf } from '../load/measure/clustering.ts';
import type { MeasuredRows } from '../load/measure/measured-rows.ts';
import { shareInterval } from '../load/measure/share-interval.ts';
import type { Span } from '../load/measure/sliding-window.ts';
import { badIn, badInParts } from './bad-requests.ts';
import type { ServiceLevel } from './service-level.ts';

/** What a run spent of a service level's error budget. Shares 0–1, times of the run in ms. */
export interface SpentBudget {
  readonly count: number;
  readonly bad: number;
  /**
   * The share of bad requests over that which may be: 1 spends the budget of a time in just that time. Over the whole run; null where it has
   * too few requests for one of them to be allowed to be bad.
   */
  readonly burn: number | null;
  /** Where it surely lies (95 %), bursts considered. */
  readonly interval: readonly [low: number, high: number] | null;
  /** The stretch, a twelfth of the run, with the highest burn rate; null where such stretches have too few requests. */
  readonly fast: (Span & { readonly burn: number }) | null;
}

/** Alerts look at a twelfth of their long window as well, so that they end soon after what they tell of (Site Reliability Workbook, ch. 5). */
export const SHORT_PER_LONG = 12;
/** Steps in which the short window is moved, of its own length. */
const STEPS = 4;

/** @param span of the measured phase */
export function spentBudget(level: ServiceLevel, rows: MeasuredRows, span: Span): SpentBudget {
  const { budget } = level;
  const blocks = badInParts(level, rows, span, SHORT_PER_LONG);
  const count = blocks.reduce((sum, block) => sum + block.count, 0);
  const bad = blocks.reduce((sum, block) => sum + block.hits, 0);
  const isEnough = (requests: number): boolean => requests * budget >= 1;
  if (!isEnough(count)) return { count, bad, burn: null, interval: null, fast: null };
  const [low, high] = shareInterval({ count: bad, of: count }, clusteringOf(blocks));
  let fast: SpentBudget['fast'] = null;
  const step = (span.end - span.start) / (SHORT_PER_LONG * STEPS);
  const last = (SHORT_PER_LONG - 1) * STEPS;
  for (let at = 0; at <= last; at++) {
    const start = span.start + at * step;
    // The sum may end a little before the span does, and what is answered after that is of the last window.
    const end = at === last ? span.end : start + STEPS * step;
    const window = badIn(level, rows, start, end, span);
    if (!isEnough(window.count)) continue;
    const burn = window.hits / window.count / budget;
    if (fast === null || burn > fast.burn) fast = { start, end, burn };
  }
  return { count, bad, burn: bad / count / budget, interval: [low / budget, high / budget], fast };
}
