import { nameOf, type Objective, parseObjective, type Selector, unitOf } from '../load/measure/objective.ts';

/** An objective as a service level: a share of all requests that may be bad, and which are. */
export interface ServiceLevel {
  /** As it was written. */
  readonly objective: string;
  /** The requests it is of. */
  readonly selector: Selector;
  /** A request is bad that takes as long or longer, ms; null: that fails. */
  readonly limit: number | null;
  /** The share that may be bad, above 0 and below 1. */
  readonly budget: number;
}

/** What is no service level, and why, as a sentence. */
export interface NoLevel {
  readonly objective: string;
  readonly why: string;
}

/**
 * The service level that an objective is: `p(99)<250` lets one in a hundred take longer than 250 ms, `failures: rate<1%` one in a hundred
 * fail. Throws a `PlanError` for what is no objective.
 */
export function serviceLevelOf(text: string): ServiceLevel | NoLevel {
  const objective = parseObjective(text);
  const no = (why: string): NoLevel => ({ objective: objective.text, why });
  const { metric, statistic, operator, quantile, limit, selector } = objective;
  if (selector['stage'] !== undefined) return no('A stage is of a test: a service has none.');
  if (!operator.startsWith('<')) return no('It asks for enough of something, and not for little of what is bad.');
  const level = { objective: objective.text, selector };
  if (metric === 'latency' && quantile !== null && quantile > 0 && quantile < 1) {
    return { ...level, limit, budget: rounded(1 - quantile) };
  }
  if (metric === 'failures' && statistic === 'rate') {
    return limit > 0 && limit < 1 ? { ...level, limit: null, budget: limit } : no('It leaves nothing to be spent.');
  }
  return no(whyNone(objective));
}

export function isLevel(level: ServiceLevel | NoLevel): level is ServiceLevel {
  return 'budget' in level;
}

function whyNone(objective: Objective): string {
  const name = nameOf(objective);
  const kinds = 'Service levels are made of percentiles of latency and of the share of failures.';
  return unitOf(objective) === 'ms' && objective.quantile === null
    ? `It does not say how many requests may be worse than the ${name}. ${kinds}`
    : kinds;
}

/** 1 − 0.99 is not 0.01 in binary. */
function rounded(share: number): number {
  return Number(share.toPrecision(12));
}
