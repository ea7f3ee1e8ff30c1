import { figure } from '../load/measure/figure.ts';
import type { MetricsHealth, RunDocument } from '../runs/run-document.ts';

const MOST_REASONS = 2;

/** How each endpoint of metrics fared, a line each. */
export function metricsSentences({ metricsHealth = [] }: Pick<RunDocument, 'metricsHealth'>): string[] {
  return metricsHealth.map(healthSentence);
}

/** `127.0.0.1:9400/metrics answered 12 of 14 scrapes (2 × did not answer in full within 5 s), 34 series of 1,200.` */
function healthSentence({ endpoint, asked, answered, late, dropped, series, known, told }: MetricsHealth): string {
  const reasons = dropped
    .toSorted((a, b) => b.count - a.count)
    .map(({ reason, count }) => `${figure(count)} × ${reason}`);
  const trouble = [
    ...(late > 0 ? [`${figure(late)} late`] : []),
    ...reasons.slice(0, MOST_REASONS),
    ...(reasons.length > MOST_REASONS ? ['…'] : []),
  ];
  const kept = series > 0 ? `, ${figure(series)} series of ${figure(told)}` : known ? ', the model server’s own' : '';
  const noted = trouble.length === 0 ? '' : ` (${trouble.join('; ')})`;
  return `${placeOf(endpoint)} answered ${figure(answered)} of ${figure(asked)} scrapes${noted}${kept}.`;
}

/** An address without its scheme. */
function placeOf(endpoint: string): string {
  return endpoint.replace(/^https?:\/\//, '');
}
