import type { MetricsPlace } from '../../load/scenario/metrics-places.ts';
import type { MetricsHealth } from '../../runs/run-document.ts';

/** What is to be said of an endpoint's scrapes, as sentences; nothing of one that only might have been there. */
export function metricsNotes(health: MetricsHealth, { named, series, every }: MetricsPlace): string[] {
  const { endpoint, answered, dropped, left } = health;
  if (answered === 0) {
    const [reason] = dropped.toSorted((a, b) => b.count - a.count).map((drop) => drop.reason);
    return named && reason !== undefined ? [`metrics: ${endpoint} ${reason}.`] : [];
  }
  const notes: string[] = [];
  if (health.series === 0 && !health.known && named) notes.push(`metrics: ${endpoint} ${nothingOf(series)}.`);
  if (left > 0) {
    notes.push(
      `metrics: of ${endpoint} ${health.series} series are kept, and ${left} more are chosen: name fewer of them.`,
    );
  }
  if (health.every > every) {
    notes.push(
      `metrics: ${endpoint} takes long to answer, so it was asked every ${seconds(health.every)} and not every ${seconds(every)}.`,
    );
  }
  return notes;
}

function seconds(ms: number): string {
  return `${Number((ms / 1000).toPrecision(2))} s`;
}

function nothingOf(series: MetricsPlace['series']): string {
  return series === null
    ? 'tells nothing that is known of model servers, of DCGM or of services in general: name the series to keep'
    : `has no series ${series.join(', ')}`;
}
