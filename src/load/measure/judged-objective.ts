import type { ObjectiveResult } from '../../runs/run-document.ts';
import { ENDING, figure, figuresApart, roundedUp, valueBeside } from './figure.ts';
import { isValueMetric, METRICS, type ValueMetric } from './metric.ts';
import { holds, nameOf, type Objective, type Selector, unitOf, whereOf } from './objective.ts';
import type { ObjectiveCounts } from './objective-counts.ts';
import { binomialInterval, percentileBounds, percentileInterval, plainPercentile, supportFor } from './percentile.ts';

/** What objectives are judged by: of a whole run, of one window of it, or of what there is so far. */
export interface ObjectiveData {
  /**
   * One for each answered request, or for each completed iteration or gap where the metric is of those, that the selector matches; in any
   * order, no NaN. Ms or bytes.
   */
  values(metric: ValueMetric, selector: Selector): Float64Array;
  /**
   * One for each request that the end of the run cut off, in any order: how long it had waited by then for what the metric is of, ms, so
   * that its value would have been no less. Empty where that says nothing of the metric.
   */
  waited(metric: ValueMetric, selector: Selector): Float64Array;
  counts(selector: Selector): ObjectiveCounts;
}

export interface JudgedObjective extends ObjectiveResult {
  /** Where it does not hold: the sentence that says so. */
  readonly reason: string | null;
  /** Where it cannot be told: why, as a sentence, and what would help, as another. */
  readonly doubt: string | null;
  readonly advice: string | null;
}

/** As it stands in a run's document. */
export function objectiveResult({ objective, value, ok, reason, doubt }: JudgedObjective): ObjectiveResult {
  return { objective, value, ok, reason: reason ?? doubt };
}

/** A wait longer than this is no advice. */
const LONGEST_ADVICE_MS = 3_600_000;
const LONGER = 'A longer run may decide.';

/**
 * Of a whole run. An objective on something that never was, a step no request was sent to or a stage that was not reached, does not
 * hold: what was meant to be tested was not.
 */
export function judgeObjective(objective: Objective, data: ObjectiveData): JudgedObjective {
  const counts = data.counts(objective.selector);
  const sent = counts.answered + counts.failed + counts.interrupted;
  const due = objective.metric === 'dropped' ? sent + counts.dropped : sent;
  if (due === 0 && counts.iterations === 0) {
    return broken(objective, null, `no request${whereOf(objective.selector)} was ever sent`);
  }
  return judgeMeasured(objective, data);
}

/** The same where nothing may have happened, as in a window: then a number of requests is 0, and a value is unknown and does not hold. */
export function judgeMeasured(objective: Objective, data: ObjectiveData): JudgedObjective {
  const counts = data.counts(objective.selector);
  if (isValueMetric(objective.metric)) {
    const values = data.values(objective.metric, objective.selector).toSorted();
    if (values.length === 0) return noValue(objective, counts);
    const answered = judgeValues(objective, values, counts.within.seconds);
    return answered.ok === true ? withoutTail(objective, answered, values, data, counts.within.seconds) : answered;
  }
  const value = countedValue(objective, counts);
  if (value !== null) return judgeExact(objective, value);
  const { came, ofTokens } = METRICS[objective.metric];
  if (counts.within.seconds <= 0 && came !== undefined) {
    return doubtful(objective, null, `The ${nameOf(objective)} are unknown, no time was measured.`, LONGER);
  }
  if (ofTokens) return unknownTokens(objective);
  return broken(objective, null, noneOf(objective, counts));
}

/**
 * Whether a broken objective is so beyond chance at a confidence of one's own: for those who look often, and would at 95 % find
 * something sooner or later. Averages, extremes and numbers are what they are.
 */
export function isBrokenBeyondChance(objective: Objective, data: ObjectiveData, confidence: number): boolean {
  const { metric, selector, statistic, quantile, limit } = objective;
  if (isValueMetric(metric)) {
    if (quantile === null) return true;
    const bounds = percentileBounds(data.values(metric, selector).toSorted(), quantile, confidence);
    return certainty(objective, bounds) === false;
  }
  const share = statistic === 'rate' ? (METRICS[metric].share?.(data.counts(selector)) ?? null) : null;
  if (share === null) return true;
  const [low, high] = binomialInterval(share.of, limit, confidence);
  return share.count < low || share.count > high;
}

/** A number or a maximum only grows and a minimum only falls: a limit it has not come to yet it may still meet. */
export function mayStillHold({ statistic, operator, limit }: Objective, value: number): boolean {
  const onlyGrows = statistic === 'count' || statistic === 'max';
  if (!onlyGrows && statistic !== 'min') return false;
  if (operator === '==') return onlyGrows ? value < limit : value > limit;
  return operator.startsWith('>') === onlyGrows;
}

/** Whether an objective holds wherever between two ends the value lies; null where that depends. */
function certainty(objective: Objective, [low, high]: readonly [number, number]): boolean | null {
  const { operator, limit } = objective;
  if (operator === '==') return low > limit || high < limit ? false : low === high ? true : null;
  return holds(objective, low) === holds(objective, high) ? holds(objective, low) : null;
}

/** @param sorted not empty */
function judgeValues(objective: Objective, sorted: Float64Array, seconds: number): JudgedObjective {
  return objective.quantile === null
    ? judgeExact(objective, plainStatistic(objective, sorted))
    : judgePercentile(objective, objective.quantile, sorted, seconds);
}

/**
 * What holds of the answers alone is in doubt where it would not with the requests that had waited for longer than the limit when the run
 * ended: the slowest are those that are cut off.
 */
function withoutTail(
  objective: Objective,
  answered: JudgedObjective,
  sorted: Float64Array,
  data: ObjectiveData,
  seconds: number,
): JudgedObjective {
  const { metric, selector, limit, operator } = objective;
  if (!isValueMetric(metric) || !operator.startsWith('<')) return answered;
  const late = data.waited(metric, selector).filter((ms) => !holds(objective, ms));
  if (late.length === 0) return answered;
  const all = new Float64Array(sorted.length + late.length);
  all.set(sorted);
  all.set(late, sorted.length);
  if (judgeValues(objective, all.sort(), seconds).ok === true) return answered;
  const value = valueBeside(answered.value!, limit, unitOf(objective));
  const cut = `${figure(late.length, 9)} more had waited for longer than the limit when the run ended`;
  const doubt = `${nameOf(objective)} is ${value} of what was answered, and ${cut}.`;
  return doubtful(objective, answered.value, doubt, 'A longer gracefulStop may decide.');
}

function judgePercentile(objective: Objective, q: number, sorted: Float64Array, seconds: number): JudgedObjective {
  const needed = supportFor(q);
  const interval = percentileInterval(sorted, q);
  const perSecond = seconds > 0 ? sorted.length / seconds : 0;
  if (interval === null) {
    const doubt = `${nameOf(objective)} needs ${needed} ${METRICS[objective.metric].of}, and there are ${sorted.length}.`;
    return doubtful(objective, null, doubt, advice(needed - sorted.length, perSecond));
  }
  const value = plainPercentile(sorted, q)!;
  const ok = certainty(objective, interval);
  if (ok !== null) return ok ? held(objective, value) : broken(objective, value, wasText(objective, value));
  const scaled = [...interval, objective.limit];
  const [low, high, limit] = figuresApart(scaled);
  const doubt = `${nameOf(objective)} is ${low}–${high}${ENDING[unitOf(objective)]}, the limit ${limit}.`;
  return doubtful(
    objective,
    value,
    doubt,
    advice(moreToDecide(objective.limit, value, interval, sorted.length), perSecond),
  );
}

/** How many more it takes until the interval, which narrows with the root of their number, lies on one side of the limit. */
function moreToDecide(limit: number, value: number, [low, high]: [number, number], n: number): number {
  const halfWidth = limit > value ? high - value : value - low;
  return n * ((halfWidth / (limit - value)) ** 2 - 1);
}

function advice(more: number, perSecond: number): string {
  const ms = (more / perSecond) * 1000;
  return ms > 0 && ms <= LONGEST_ADVICE_MS ? `${roundedUp(ms)} more may decide.` : LONGER;
}

function plainStatistic({ statistic }: Objective, sorted: Float64Array): number {
  if (statistic === 'min') return sorted[0]!;
  if (statistic === 'max') return sorted[sorted.length - 1]!;
  return sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
}

function noValue(objective: Objective, counts: ObjectiveCounts): JudgedObjective {
  const { metric, selector } = objective;
  if (counts.answered === 0) return broken(objective, null, noneOf(objective, counts));
  const { ofTokens, needs } = METRICS[metric];
  if (ofTokens) return unknownTokens(objective);
  const none = needs === undefined ? noneOf(objective, counts) : `no answer${whereOf(selector)} had ${needs}`;
  return broken(objective, null, none);
}

function unknownTokens(objective: Objective): JudgedObjective {
  const doubt = `${objective.text} cannot be told: not every answer tells its number of tokens.`;
  return doubtful(objective, null, doubt, "Let the server report its usage, or give the model's tokenizer.");
}

/** Null where there is nothing to divide by, or a part is unknown. */
function countedValue({ metric, statistic }: Objective, counts: ObjectiveCounts): number | null {
  const { count, share, came } = METRICS[metric];
  if (statistic === 'count') return count?.(counts) ?? null;
  if (share !== undefined) {
    const told = share(counts);
    return told !== null && told.of > 0 ? told.count / told.of : null;
  }
  const { within } = counts;
  const those = came?.(within) ?? null;
  return those === null || within.seconds <= 0 ? null : those / within.seconds;
}

/**
 * The value against the limit, whatever chance may have had to do with it. So it is in k6 for shares too, and has to be: under an
 * interval a limit such as rate<0.001 could not be passed by 3,000 requests without one failure. Whoever sets a share sets it on what
 * happened; whoever sets a percentile means the server.
 */
function judgeExact(objective: Objective, value: number): JudgedObjective {
  return holds(objective, value) ? held(objective, value) : broken(objective, value, wasText(objective, value));
}

function noneOf({ metric, selector }: Objective, { answered, failed, interrupted }: ObjectiveCounts): string {
  const where = whereOf(selector);
  if (metric === 'checks' && answered > 0) return `no answer${where} was checked`;
  if (METRICS[metric].ofIterations) return `no iteration${where} was completed`;
  return `none of ${answered + failed + interrupted} requests${where} was answered`;
}

/** `it was 410 ms`. */
export function wasText(objective: Objective, value: number): string {
  return `it was ${valueBeside(value, objective.limit, unitOf(objective))}`;
}

function held({ text }: Objective, value: number): JudgedObjective {
  return { objective: text, value, ok: true, reason: null, doubt: null, advice: null };
}

function broken({ text }: Objective, value: number | null, how: string): JudgedObjective {
  return { objective: text, value, ok: false, reason: `${text} does not hold: ${how}.`, doubt: null, advice: null };
}

function doubtful({ text }: Objective, value: number | null, doubt: string, help: string): JudgedObjective {
  return { objective: text, value, ok: null, reason: null, doubt, advice: help };
}
