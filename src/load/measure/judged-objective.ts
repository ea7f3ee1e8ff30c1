import type { ObjectiveResult } from '../../runs/run-document.ts';
import { ENDING, figure, figuresApart, roundedUp, valueBeside } from './figure.ts';
import { growsWithTime, isOfGood, isOfIterations, isValueMetric, type Metric, type ValueMetric } from './metric.ts';
import { holds, nameOf, type Objective, type Selector, unitOf, whereOf } from './objective.ts';
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

/** Of the requests and iterations that a selector matches. A run's own are counted wherever they ended, a window's where it ended. */
export interface ObjectiveCounts {
  readonly answered: number;
  /** Sent, and got no good answer. */
  readonly failed: number;
  /** Due, but never sent. */
  readonly dropped: number;
  /** In flight when the run ended: neither answered nor failed. */
  readonly interrupted: number;
  /** Answers that the plan's checks were held against, and those of them with a check that did not hold. */
  readonly checked: number;
  readonly checksFailed: number;
  /** Completed. */
  readonly iterations: number;
  /** Of answers in full that stream; null where one does not tell. */
  readonly outputTokens: number | null;
  /** Answered within every limit that the objectives set to single requests; null where that cannot be told. */
  readonly good: number | null;
  /**
   * What was answered while the load was made, to requests of any phase, and the phase's own iterations that were completed then, and how
   * long that was. Where the server falls behind this is less than `answered`. Where a stage is selected, only that stage's part of the
   * time counts, and what ended in it, whenever it was due.
   */
  readonly within: {
    readonly answered: number;
    readonly iterations: number;
    /** Null unknown. */
    readonly outputTokens: number | null;
    readonly good: number | null;
    readonly seconds: number;
  };
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
  if (counts.within.seconds <= 0 && growsWithTime(objective.metric)) {
    return doubtful(objective, null, `The ${nameOf(objective)} are unknown, no time was measured.`, LONGER);
  }
  if (objective.metric === 'output_tokens' || isOfGood(objective.metric)) return unknownTokens(objective);
  return broken(objective, null, noneOf(objective, counts));
}

/**
 * Whether a broken objective is so beyond chance at a confidence of one's own: for those who look often, and would at 95 % find
 * something sooner or later. Averages, extremes and numbers are what they are.
 */
export function isBrokenBeyondChance(objective: Objective, data: ObjectiveData, confidence: number): boolean {
  const { metric, selector, quantile, limit } = objective;
  if (isValueMetric(metric)) {
    if (quantile === null) return true;
    const bounds = percentileBounds(data.values(metric, selector).toSorted(), quantile, confidence);
    return certainty(objective, bounds) === false;
  }
  const share = shareOf(objective, data.counts(selector));
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
    const doubt = `${nameOf(objective)} needs ${needed} ${valuesOf(objective.metric)}, and there are ${sorted.length}.`;
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

/** What each value of a metric is of: `answered requests`. */
export function valuesOf(metric: Metric): string {
  if (metric === 'gap') return 'gaps';
  return isOfIterations(metric) ? 'completed iterations' : 'answered requests';
}

/** What an answer has to have for a value of a metric of streams. */
const LACKED: Partial<Readonly<Record<Metric, string>>> = {
  ttft: 'had content, reasoning or a tool call',
  first_visible: 'had content',
  gap: 'had two chunks with content',
};

function noValue(objective: Objective, counts: ObjectiveCounts): JudgedObjective {
  const { metric, selector } = objective;
  if (counts.answered === 0) return broken(objective, null, noneOf(objective, counts));
  if (metric === 'tpot') return unknownTokens(objective);
  const lacked = LACKED[metric];
  const none = lacked === undefined ? noneOf(objective, counts) : `no answer${whereOf(selector)} ${lacked}`;
  return broken(objective, null, none);
}

function unknownTokens(objective: Objective): JudgedObjective {
  const doubt = `${objective.text} cannot be told: not every answer tells its number of tokens.`;
  return doubtful(objective, null, doubt, "Let the server report its usage, or give the model's tokenizer.");
}

/** Null where there is nothing to divide by, or a part is unknown. */
function countedValue(objective: Objective, counts: ObjectiveCounts): number | null {
  const { metric, statistic } = objective;
  const { within } = counts;
  if (statistic === 'count') {
    if (metric === 'failures') return counts.failed;
    if (metric === 'dropped') return counts.dropped;
    if (metric === 'output_tokens') return counts.outputTokens;
    if (metric === 'good') return counts.good;
    return metric === 'iterations' ? counts.iterations : counts.answered;
  }
  if (metric === 'good' && counts.good === null) return null;
  const share = shareOf(objective, counts);
  if (share !== null) return share.of > 0 ? share.count / share.of : null;
  const came = cameWithin(metric, within);
  return came === null || within.seconds <= 0 ? null : came / within.seconds;
}

function cameWithin(metric: Metric, within: ObjectiveCounts['within']): number | null {
  if (metric === 'output_tokens') return within.outputTokens;
  if (metric === 'goodput') return within.good;
  return metric === 'iterations' ? within.iterations : within.answered;
}

/** Null for what is no share. */
function shareOf({ metric, statistic }: Objective, counts: ObjectiveCounts): { count: number; of: number } | null {
  if (statistic !== 'rate') return null;
  const { answered, failed, dropped, interrupted, checked, checksFailed, good } = counts;
  if (metric === 'good') return { count: good ?? 0, of: answered + failed + dropped };
  if (metric === 'failures') return { count: failed, of: answered + failed };
  if (metric === 'dropped') return { count: dropped, of: answered + failed + interrupted + dropped };
  return metric === 'checks' ? { count: checked - checksFailed, of: checked } : null;
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
  if (isOfIterations(metric)) return `no iteration${where} was completed`;
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
