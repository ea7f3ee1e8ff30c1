import { stringify } from 'yaml';
import { type BurnAlert, burnAlerts, whyNoAlert } from './burn-alert.ts';
import type { ServiceLevel } from './service-level.ts';
import { badShare, type ServiceMetrics } from './service-metrics.ts';

interface RecordingRule {
  readonly record: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly expr: string;
}

interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

function recordName(window: string): string {
  return `tailflame:bad_requests:ratio_rate${window}`;
}

/** The share of a level's bad requests in a window, as the rules record it: a PromQL expression. */
export function recordedShare(level: ServiceLevel, service: string, window: string): string {
  const matchers = Object.entries(labelsOf(level, service)).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `${recordName(window)}{${matchers.join(', ')}}`;
}

/** Recording and alerting rules for Prometheus, as YAML. @param service what the levels are of @param days the period of the budgets */
export function prometheusRules(
  levels: readonly ServiceLevel[],
  service: string,
  metrics: ServiceMetrics,
  days: number,
): string {
  const alerts = burnAlerts(days);
  const windows = [...alerts.flatMap(({ short, long }) => [short, long])];
  const recording = levels.flatMap((level) =>
    windows.map((window): RecordingRule => {
      return { record: recordName(window), labels: labelsOf(level, service), expr: badShare(level, metrics, window) };
    }),
  );
  const alerting = levels.flatMap((level) =>
    alerts
      .filter((alert) => whyNoAlert(alert, level.budget) === null)
      .map((alert) => alertingRule(level, service, alert, days)),
  );
  const groups = [
    { name: `tailflame-levels-${service}`, rules: recording },
    { name: `tailflame-alerts-${service}`, rules: alerting },
  ];
  return stringify({ groups }, { lineWidth: 0 });
}

function alertingRule(level: ServiceLevel, service: string, alert: BurnAlert, days: number): AlertingRule {
  const { objective, budget } = level;
  const above = (window: string): string =>
    `${recordedShare(level, service, window)} > ${Number((alert.burn * budget).toPrecision(6))}`;
  const summary = `${service}: ${objective} spends its error budget ${alert.burn} times too fast`;
  const description = `{{ $value | humanizePercentage }} of the requests of the last ${alert.long} were bad, where ${percent(budget)} may be over ${days} days.`;
  return {
    alert: alert.name === 'fast' ? 'ErrorBudgetBurnsFast' : 'ErrorBudgetBurns',
    expr: `${above(alert.long)} and ${above(alert.short)}`,
    labels: { ...labelsOf(level, service), severity: alert.name === 'fast' ? 'page' : 'ticket' },
    annotations: { summary, description },
  };
}

function labelsOf({ objective }: ServiceLevel, service: string): Readonly<Record<string, string>> {
  return { service, objective };
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(6))} %`;
}
