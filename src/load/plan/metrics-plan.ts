import { choiceFault, splitChoices } from '../../runs/series-choice.ts';
import { PlanError } from './plan-error.ts';
import { checkTargetUrl } from './target-url.ts';

/** An endpoint that tells of a server in Prometheus' format, asked while the load goes on. */
export interface MetricsEndpoint {
  readonly url: string;
  /** Series by name, with `*`, and with what their labels have to be; null: those that are known. */
  readonly series: readonly string[] | null;
  /** Ms from one scrape to the next. */
  readonly every: number;
  /** Templates over the plan's secrets and environment, and what the set-up extracted. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Where servers tell of themselves: `auto`, where the APIs of the steps say; `off`, nowhere; an address; or several, `auto` among them. */
export type MetricsPlan = string | readonly (string | MetricsEndpoint)[];

export const METRICS_EVERY_MS = 1000;

/** What is to be asked, in order. */
export function metricsEntries(metrics: MetricsPlan): ('auto' | MetricsEndpoint)[] {
  const written = typeof metrics === 'string' ? [metrics] : metrics;
  return written
    .filter((entry) => entry !== 'off')
    .map((entry) => (entry === 'auto' ? 'auto' : typeof entry === 'string' ? plainEndpoint(entry) : entry));
}

/** The origins of the endpoints that are named. */
export function metricsOrigins(metrics: MetricsPlan): string[] {
  const named = metricsEntries(metrics).flatMap((entry) => (entry === 'auto' ? [] : [new URL(entry.url).origin]));
  return [...new Set(named)];
}

/** What a command line asks for: `auto`, `off`, `URL` or `URL=series,series`, each once or more. Throws a {@link PlanError}. */
export function requestedMetrics(options: readonly string[]): MetricsPlan {
  const [only] = options;
  if (options.length === 1 && (only === 'auto' || only === 'off')) return only;
  if (options.includes('off')) throw new PlanError('--metrics off does not go with others.');
  return options.map((option) => (option === 'auto' ? option : requestedEndpoint(option)));
}

/** Throws a {@link PlanError} for what cannot be asked. */
export function checkMetrics(metrics: MetricsPlan): void {
  for (const entry of metricsEntries(metrics)) {
    if (entry === 'auto') continue;
    checkTargetUrl(entry.url);
    for (const fault of (entry.series ?? []).map(choiceFault)) if (fault !== null) throw new PlanError(fault);
  }
}

function requestedEndpoint(option: string): MetricsEndpoint {
  // A query has equals signs of its own.
  const [, url, series] = /^([^=?]*)=(.*)$/s.exec(option) ?? [];
  return url === undefined ? plainEndpoint(option) : { ...plainEndpoint(url), series: splitChoices(series!) };
}

function plainEndpoint(url: string): MetricsEndpoint {
  return { url, series: null, every: METRICS_EVERY_MS, headers: {} };
}
