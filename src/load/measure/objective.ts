import type { ObjectiveResult } from '../runs/run-document.ts';
import { percentileInterval, plainPercentile, supportFor } from './percentile.ts';
import { PlanError } from './plan.ts';

/** A limit on a metric in k6's grammar. Latency in ms; `rate` is the share of requests that failed, 0–1. */
export interface Objective {
  readonly text: string;
  readonly metric: 'p' | 'avg' | 'min' | 'med' | 'max' | 'rate';
  /** 0–1, for `p`. */
  readonly quantile: number;
  readonly operator: '<' | '<=' | '>' | '>=';
  readonly limit: number;
}

const GRAMMAR = /^\s*(?:p\(\s*(\d+(?:\.\d+)?)\s*\)|(avg|min|med|max|rate))\s*(<=|>=|<|>)\s*(\d+(?:\.\d+)?)\s*$/;

/** Throws a {@link PlanError} where the text is none. */
export function parseObjective(text: string): Objective {
  const match = GRAMMAR.exec(text);
  if (!match) {
    throw new PlanError(`"${text}" is not an objective. Write one such as p(99)<250, avg<100, max<1000 or rate<0.01.`);
  }
  const [, quantile, name, operator, limit] = match;
  const q = quantile === undefined ? 0.5 : Number(quantile) / 100;
  if (!(q > 0 && q < 1)) throw new PlanError(`"${text}": a percentile lies between 0 and 100.`);
  return {
    text,
    metric: (name ?? 'p') as Objective['metric'],
    quantile: q,
    operator: operator as Objective['operator'],
    limit: Number(limit),
  };
}

export interface JudgedObjective extends ObjectiveResult {
  /** Where it cannot be told: the sentence for the verdict. */
  readonly doubt: string | null;
}

/** @param sorted ascending latencies of answered requests, ms. @param failureRate failed / (failed + completed), null of none. */
export function judgeObjective(
  objective: Objective,
  sorted: Float64Array,
  failureRate: number | null,
): JudgedObjective {
  const { metric, quantile, text } = objective;
  if (metric === 'rate') {
    return {
      objective: text,
      value: failureRate,
      ok: failureRate === null ? false : holds(objective, failureRate),
      doubt: null,
    };
  }
  if (sorted.length === 0) return { objective: text, value: null, ok: false, doubt: null };
  if (metric === 'p' || metric === 'med') {
    const value = plainPercentile(sorted, quantile)!;
    const interval = percentileInterval(sorted, quantile);
    if (interval === null) {
      const needed = supportFor(quantile);
      return {
        objective: text,
        value: null,
        ok: null,
        doubt: `${nameOf(objective)} needs ${needed} answered requests, and there are ${sorted.length}.`,
      };
    }
    const [low, high] = interval;
    if (holds(objective, low) !== holds(objective, high)) {
      const doubt = `${nameOf(objective)} is ${low.toPrecision(3)}–${high.toPrecision(3)} ms, the limit ${objective.limit}.`;
      return { objective: text, value, ok: null, doubt };
    }
    return { objective: text, value, ok: holds(objective, value), doubt: null };
  }
  const value =
    metric === 'min'
      ? sorted[0]!
      : metric === 'max'
        ? sorted[sorted.length - 1]!
        : sorted.reduce((a, b) => a + b, 0) / sorted.length;
  return { objective: text, value, ok: holds(objective, value), doubt: null };
}

/** As people write it: `p99`, `p99.9`, `avg`. */
export function nameOf(objective: Objective): string {
  return objective.metric === 'p' ? `p${Number((objective.quantile * 100).toFixed(4))}` : objective.metric;
}

function holds({ operator, limit }: Objective, value: number): boolean {
  if (operator === '<') return value < limit;
  if (operator === '<=') return value <= limit;
  if (operator === '>') return value > limit;
  return value >= limit;
}
