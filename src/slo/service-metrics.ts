import { PlanError } from '../load/plan/plan-error.ts';
import type { ServiceLevel } from './service-level.ts';

/** Where a Prometheus has what a service's requests took and how they ended. */
export interface ServiceMetrics {
  /** A histogram of seconds, without `_bucket`. */
  readonly histogram: string;
  /** The label matcher of requests that failed, such as `status=~"5.."`. */
  readonly failed: Matcher;
  /** Which of its series are this service's, such as `job="api"`; empty: all. */
  readonly of: string;
  /** The labels by which requests are told apart in it; null: not known. */
  readonly labels: readonly string[] | null;
}

interface Matcher {
  readonly label: string;
  readonly operator: '=' | '!=' | '=~' | '!~';
  readonly value: string;
}

const MATCHER = /^\s*([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)"\s*$/;
const NAME = /^[a-zA-Z_:][\w:]*$/;
const LABEL = /^[a-zA-Z_]\w*$/;
const OPPOSITE = { '=': '!=', '!=': '=', '=~': '!~', '!~': '=~' } as const;

/** Throws a {@link PlanError} where a text is no name or no matcher. */
export function serviceMetrics(
  histogram: string,
  failed: string,
  of: string,
  labels: ServiceMetrics['labels'],
): ServiceMetrics {
  if (!NAME.test(histogram))
    throw new PlanError(`"${histogram}" is no name of a metric. Write one such as http_request_duration_seconds.`);
  const [, label, operator, value] = MATCHER.exec(failed) ?? [];
  if (label === undefined) throw new PlanError(`"${failed}" is no label matcher. Write one such as status=~"5..".`);
  for (const matcher of of === '' ? [] : of.split(/,(?=(?:[^"]*"[^"]*")*[^"]*$)/)) {
    if (!MATCHER.test(matcher)) throw new PlanError(`"${matcher}" is no label matcher. Write one such as job="api".`);
  }
  return { histogram, failed: { label, operator: operator as Matcher['operator'], value: value! }, of, labels };
}

/** Why a service level cannot be asked of the metrics, as a sentence; null where it can. */
export function whyUntold({ selector }: ServiceLevel, { histogram, labels }: ServiceMetrics): string | null {
  for (const name of Object.keys(selector)) {
    if (!LABEL.test(name)) return `Prometheus has no label named ${name}: they are of letters, digits and _.`;
    if (labels?.includes(name) === false) {
      return `${histogram} has no label ${name}. Name a histogram that has it with --histogram.`;
    }
  }
  return null;
}

/** The share of bad requests in a window before now, as PromQL. @param window a Prometheus duration */
export function badShare({ limit, selector }: ServiceLevel, metrics: ServiceMetrics, window: string): string {
  const { histogram, failed } = metrics;
  const own = Object.entries(selector).map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  const sum = (name: string, ...more: string[]): string => {
    const matchers = [metrics.of, ...own, ...more].filter((matcher) => matcher !== '');
    return `sum(rate(${name}{${matchers.join(', ')}}[${window}]))`;
  };
  const isFailed = `${failed.label}${failed.operator}"${failed.value}"`;
  const isAnswered = `${failed.label}${OPPOSITE[failed.operator]}"${failed.value}"`;
  if (limit === null) return `(${sum(`${histogram}_count`, isFailed)} or vector(0)) / ${sum(`${histogram}_count`)}`;
  return `1 - ${sum(`${histogram}_bucket`, isAnswered, bucketOf(limit))} / ${sum(`${histogram}_count`, isAnswered)}`;
}

/** Whole seconds are written `1` by some and `1.0` by others. @param limit ms */
function bucketOf(limit: number): string {
  const seconds = String(limit / 1000);
  return /^\d+$/.test(seconds) ? `le=~"${seconds}(\\\\.0)?"` : `le="${seconds}"`;
}
