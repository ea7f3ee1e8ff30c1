import type { ObjectivePlan } from '../plan/plan.ts';
import { moment } from './figure.ts';
import {
  isBrokenBeyondChance,
  type JudgedObjective,
  judgeMeasured,
  judgeObjective,
  type ObjectiveData,
  wasText,
} from './judged-objective.ts';
import { isValueMetric, METRICS } from './metric.ts';
import { nameOf, type Objective } from './objective.ts';
import { supportFor } from './percentile.ts';

/** Run time, ms. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The measured requests and iterations that ended in [from, to). One that ends with the measured span, `to` ≥ its end, also takes in
 * what was still in flight then and ended later, or the slowest would be in no window.
 */
export type DataOf = (from: number, to: number) => ObjectiveData;

interface JudgedWindow {
  readonly span: Span;
  readonly judged: JudgedObjective;
}

/** Windows start this often, as a share of their length, but no more than once a second. */
const STEP = 0.1;
const SHORTEST_STEP_MS = 1000;
/** Of a look every second at 95 % some would find a limit broken that is not. */
export const LOOKING_CONFIDENCE = 0.999;
/** A span that is this close to the length of a window is one: clocks are read at whole turns of a loop. */
const NEARLY = 0.99;

/**
 * Holds when it does in every window, is broken when it is in one. Its value is that of the worst window: of those that broke it, else
 * of those that leave it open, else of all. Windows with too little in them are left out; where all are, it cannot be told.
 * @param span of the measured phase
 */
export function judgeWindows(
  objective: Objective,
  { window }: Pick<ObjectivePlan, 'window'>,
  dataOf: DataOf,
  span: Span,
): JudgedObjective {
  const whole = judgeObjective(objective, dataOf(span.start, span.end));
  // What never was, or was never answered, was not so in some window but in all.
  if (window === null || (whole.ok === false && whole.value === null)) return whole;
  const spans = windowsOf(span, window);
  const windows = spans.flatMap((of): JudgedWindow[] => {
    const judged = judgeWindow(objective, dataOf(of.start, of.end), of.end - of.start);
    return judged === null ? [] : [{ span: of, judged }];
  });
  const worst = worstFirst(objective, windows);
  const failing = worst.filter(({ judged }) => judged.ok === false);
  const confidence = 1 - 0.05 / windows.length;
  // By chance alone some of many windows break a percentile's limit that the server meets, so each gets its part of the 5 %.
  const broken = failing.find(
    ({ span: of, judged: { value } }) =>
      value === null ||
      objective.quantile === null ||
      isBrokenBeyondChance(objective, dataOf(of.start, of.end), confidence),
  );
  if (broken) return { ...broken.judged, reason: brokeText(objective, broken, span.start) };
  const open = failing[0] ?? worst.find(({ judged }) => judged.ok === null);
  if (open) return unsure(objective, open, span.start, windows.length);
  return worst[0]?.judged ?? unknown(objective, window, span, spans, dataOf);
}

/** Null where there is too little in the window to tell anything. @param length of the window, ms */
export function judgeWindow(objective: Objective, data: ObjectiveData, length: number): JudgedObjective | null {
  const counts = data.counts(objective.selector);
  const { metric, quantile } = objective;
  // A window that the selected stage does not fill has a smaller number of requests for that alone.
  if (METRICS[metric].came !== undefined && counts.within.seconds * 1000 < NEARLY * length) return null;
  const judged = judgeMeasured(objective, data);
  if (judged.value !== null) return judged;
  const support = quantile === null ? 1 : supportFor(quantile);
  const nothingGood = isValueMetric(metric) && judged.ok === false && counts.failed >= support;
  return nothingGood ? judged : null;
}

/**
 * The window that ends now, for those who look while it goes on: it is broken where that is beyond chance, and then the reason says from
 * when to when. Null where there is no whole window yet, or too little in it. @param span the measured phase so far
 */
export function judgeLastWindow(
  objective: Objective,
  window: number,
  dataOf: DataOf,
  { start, end }: Span,
): JudgedObjective | null {
  const span = { start: end - window, end };
  if (span.start < start) return null;
  const data = dataOf(span.start, end);
  const judged = judgeWindow(objective, data, window);
  if (judged?.ok !== false) return judged;
  const byChance = judged.value !== null && !isBrokenBeyondChance(objective, data, LOOKING_CONFIDENCE);
  if (byChance)
    return { ...judged, ok: null, reason: null, doubt: 'It may be chance that the last window is over it.' };
  return { ...judged, reason: brokeText(objective, { span, judged }, start) };
}

/** `p(99)<250 broke from 12 s to 22 s: it was 410 ms.`, seconds of measured time. */
export function brokeText(objective: Objective, { span, judged }: JudgedWindow, start: number): string {
  const when = `from ${moment(span.start - start)} to ${moment(span.end - start)}`;
  const how = judged.value === null ? 'nothing was answered' : wasText(objective, judged.value);
  return `${objective.text} broke ${when}: ${how}.`;
}

/** All that lie within the span; the last one ends with it. */
function windowsOf({ start, end }: Span, window: number): Span[] {
  if (end - start < window) return end - start >= NEARLY * window ? [{ start, end }] : [];
  const step = Math.min(window, Math.max(SHORTEST_STEP_MS, STEP * window));
  const windows: Span[] = [];
  for (let i = 0; start + i * step + window < end; i++) {
    windows.push({ start: start + i * step, end: start + i * step + window });
  }
  return [...windows, { start: end - window, end }];
}

function worstFirst({ operator, limit }: Objective, windows: readonly JudgedWindow[]): JudgedWindow[] {
  const badness = ({ judged: { value } }: JudgedWindow): number => {
    if (value === null) return Number.POSITIVE_INFINITY;
    if (operator === '==') return Math.abs(value - limit);
    return operator.startsWith('<') ? value : -value;
  };
  // Not a subtraction: two infinities would make NaN of it.
  return windows.toSorted((a, b) => Number(badness(b) > badness(a)) - Number(badness(b) < badness(a)));
}

function unsure(objective: Objective, { span, judged }: JudgedWindow, start: number, windows: number): JudgedObjective {
  const when = `from ${moment(span.start - start)} to ${moment(span.end - start)}`;
  const doubt =
    judged.doubt === null
      ? `In one of ${windows} windows, ${when}, ${objective.text} did not hold, but that may be chance: ${wasText(objective, judged.value!)}.`
      : `In the window ${when}, ${judged.doubt}`;
  const advice = 'Longer windows or a higher rate may decide.';
  return { objective: objective.text, value: judged.value, ok: null, reason: null, doubt, advice };
}

function unknown(
  objective: Objective,
  window: number,
  span: Span,
  spans: readonly Span[],
  dataOf: DataOf,
): JudgedObjective {
  const none = { objective: objective.text, value: null, ok: null, reason: null };
  if (spans.length === 0) {
    const doubt = `${objective.text} is for windows of ${moment(window)}, and ${moment(span.end - span.start)} were measured.`;
    return { ...none, doubt, advice: 'Use a shorter window or a longer run.' };
  }
  const { metric, quantile, selector } = objective;
  if (quantile === null) {
    const doubt = `There was no window of ${moment(window)} in which the ${nameOf(objective)} could be told.`;
    return { ...none, doubt, advice: 'Use shorter windows.' };
  }
  const most = Math.max(
    ...spans.map(({ start, end }) => {
      const data = dataOf(start, end);
      if (metric === 'gap') return data.values(metric, selector).length;
      const { answered, iterations } = data.counts(selector);
      return METRICS[metric].ofIterations ? iterations : answered;
    }),
  );
  const doubt = `${nameOf(objective)} in windows of ${moment(window)} needs ${supportFor(quantile)} ${METRICS[metric].of} in each, and none had more than ${most}.`;
  return { ...none, doubt, advice: 'Use longer windows or a higher rate.' };
}
