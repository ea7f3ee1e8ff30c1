import { closestMatch } from 'leven';
import { PlanError } from '../plan/plan-error.ts';
import {
  defaultMetric,
  METRIC_NAMES,
  METRICS,
  type Metric,
  metricNamed,
  type Statistic,
  statisticName,
  type Unit,
  WRITTEN_UNITS,
} from './metric.ts';

/** A limit on a metric in k6's grammar, such as `latency{step:cart}: p(95)<300`. */
export interface Objective {
  /** As it was written. */
  readonly text: string;
  readonly metric: Metric;
  readonly selector: Selector;
  readonly statistic: Statistic;
  /** 0–1, for `p` and `med`; null for the others. */
  readonly quantile: number | null;
  readonly operator: Operator;
  /** In {@link unitOf}. */
  readonly limit: number;
}

/** What requests have to be to count: all of it has to match. `step`, `scenario`, `stage`, or the name of a tag. Empty: every request. */
export type Selector = Readonly<Record<string, string>>;

export type Operator = '<' | '<=' | '>' | '>=' | '==';

const EXAMPLES = 'p(99)<250, latency{step:cart}: p(95)<300 or rate<0.01';
/** A value in quotes may hold commas and braces. */
const SELECTOR = /\{((?:"[^"]*"|[^"{}])*)\}/;
/** [metric] [{}] [:] statistic [{}] operator number [unit], with the selector already taken out of its braces. */
const GRAMMAR =
  /^(?:([\w-]+)(?=[\s:{]))?\s*(\{\})?\s*:?\s*([A-Za-z]+)\s*(?:\(\s*([^()\s]*)\s*\))?\s*(\{\})?\s*(<=|>=|==|<|>)\s*(\d+(?:\.\d+)?|\.\d+)\s*([^\s\d.]*)$/;

/** Throws a {@link PlanError} that names what is wrong, and what may have been meant. */
export function parseObjective(written: string): Objective {
  const text = written.trim();
  const selection = SELECTOR.exec(text)?.[1] ?? '';
  const match = GRAMMAR.exec(text.replace(SELECTOR, '{}'));
  // Only one selector is taken out, so a second pair of empty braces is one that was written so.
  if (!match || (match[2] && match[5])) {
    throw new PlanError(`"${text}" is not an objective. Write one such as ${EXAMPLES}.`);
  }
  const [, name, , statisticName, argument, , operator, number, unitName] = match;
  const statistic = parseStatistic(text, statisticName!);
  const metric = name === undefined ? defaultMetric(statistic) : parseMetric(text, name);
  const unit = METRICS[metric].units[statistic];
  if (unit === undefined) throw hasNone(text, metric, statistic);
  return {
    text,
    metric,
    selector: parseSelector(text, metric, selection),
    statistic,
    quantile: parseQuantile(text, statistic, argument),
    operator: operator as Operator,
    limit: parseLimit(text, metric, unit, number!, unitName!),
  };
}

/** What the limit and the value of an objective are counted in. */
export function unitOf({ metric, statistic }: Pick<Objective, 'metric' | 'statistic'>): Unit {
  return METRICS[metric].units[statistic] ?? 'count';
}

/** What it limits, as people say it: `p99`, `service p99.9 of step "cart"`, `share of failures`. */
export function nameOf({ metric, selector, statistic, quantile }: Objective): string {
  return `${statisticName(metric, statistic, quantile)}${whereOf(selector)}`;
}

/** ` of step "cart" and tier "gold"`; empty where nothing is selected. */
export function whereOf(selector: Selector): string {
  const parts = Object.entries(selector).map(([key, value]) => `${key} "${value}"`);
  return parts.length > 0 ? ` of ${parts.join(' and ')}` : '';
}

export function holds({ operator, limit }: Pick<Objective, 'operator' | 'limit'>, value: number): boolean {
  if (operator === '<') return value < limit;
  if (operator === '<=') return value <= limit;
  if (operator === '>') return value > limit;
  return operator === '>=' ? value >= limit : value === limit;
}

function parseStatistic(text: string, name: string): Statistic {
  const known = ['p', 'avg', 'min', 'med', 'max', 'rate', 'count'] as const;
  const found = known.find((statistic) => statistic === name);
  if (found !== undefined) return found;
  const metric = metricNamed(name);
  if (metric !== null) {
    throw new PlanError(`"${text}" does not say what of ${name}. Write one such as ${METRICS[metric].example}.`);
  }
  throw new PlanError(`"${text}": there is no "${name}". ${meant(name, known)} For example ${EXAMPLES}.`);
}

function parseMetric(text: string, name: string): Metric {
  const metric = metricNamed(name);
  if (metric !== null) return metric;
  const nearest = metricNamed(closestMatch(name.toLowerCase(), METRIC_NAMES)!)!;
  throw new PlanError(
    `"${text}": there is no metric "${name}". ${meant(name, METRIC_NAMES)} For example ${METRICS[nearest].example}.`,
  );
}

/** A guess is only made where it is near; else all there are. */
function meant(name: string, names: readonly string[]): string {
  const nearest = closestMatch(name.toLowerCase(), names, { maxDistance: Math.ceil(name.length / 2) });
  return nearest === undefined ? `There are ${names.join(', ')}.` : `Did you mean ${nearest}?`;
}

function hasNone(text: string, metric: Metric, statistic: Statistic): PlanError {
  const own = Object.keys(METRICS[metric].units).map((name) => (name === 'p' ? 'p(…)' : name));
  const written = statistic === 'p' ? 'percentiles' : `"${statistic}"`;
  return new PlanError(
    `"${text}": ${metric} has no ${written}; it has ${own.join(', ')}. For example ${METRICS[metric].example}.`,
  );
}

function parseQuantile(text: string, statistic: Statistic, argument: string | undefined): number | null {
  if (statistic !== 'p') {
    if (argument === undefined) return statistic === 'med' ? 0.5 : null;
    throw new PlanError(`"${text}": ${statistic} takes nothing in brackets. For example ${statistic}<100.`);
  }
  const percent = argument === undefined || argument === '' ? Number.NaN : Number(argument);
  // 99.9 / 100 is more than 0.999 in binary, and would be another rank.
  if (percent > 0 && percent < 100) return Number((percent / 100).toPrecision(12));
  throw new PlanError(`"${text}": a percentile is a number between 0 and 100. For example p(99)<250.`);
}

function parseSelector(text: string, metric: Metric, selection: string): Selector {
  const selector = new Map<string, string>();
  for (const part of selection.match(/(?:"[^"]*"|[^",])+/g) ?? []) {
    const [, given, quoted, plain] = /^\s*([^:"]+?)\s*:\s*(?:"([^"]*)"|([^"]*?))\s*$/.exec(part) ?? [];
    const value = quoted ?? plain;
    if (given === undefined || value === undefined || value === '') {
      throw new PlanError(`"${text}": "${part.trim()}" selects nothing. Write {key:value}, such as {step:cart}.`);
    }
    const key = given === 'phase' ? 'stage' : given;
    if (selector.has(key)) throw new PlanError(`"${text}": nothing has two of one ${key}. Write two objectives.`);
    if (key === 'step' && METRICS[metric].ofIterations) {
      throw new PlanError(
        `"${text}": ${metric} is of whole iterations, which have no step. Write ${metric}{scenario:…} instead.`,
      );
    }
    selector.set(key, value);
  }
  return Object.fromEntries(selector);
}

function parseLimit(text: string, metric: Metric, unit: Unit, number: string, unitName: string): number {
  const written = WRITTEN_UNITS[unit];
  const known = Object.keys(written);
  const name = unitName.toLowerCase();
  if (name !== '' && !known.includes(name)) {
    const may = known.length > 0 ? `It may be ${known.join(', ')} or nothing.` : 'It takes none.';
    throw new PlanError(
      `"${text}": "${unitName}" is no unit of ${metric}. ${may} For example ${METRICS[metric].example}.`,
    );
  }
  // 7 × 0.01 is not 0.07 in binary, and a limit is what was written.
  const limit = Number((Number(number) * (written[name] ?? 1)).toPrecision(12));
  if (unit === 'share' && limit > 1) {
    const percent = limit <= 100 && name === '' ? limit : 1;
    const other = metric === 'failures' ? ' For answered requests a second write requests: rate>50.' : '';
    throw new PlanError(
      `"${text}": the rate of ${metric} is a share, from 0 to 1. Write ${percent}% or ${percent / 100}.${other}`,
    );
  }
  return limit;
}
