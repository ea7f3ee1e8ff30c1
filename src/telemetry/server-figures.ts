import type { Scrape } from '../runs/metric-sample.ts';
import type { ServerFigures } from '../runs/run-document.ts';
import { batchesBetween, isOfCounters, type Reading, readingsBetween } from './server-metrics.ts';

/** Figures of one server and model over a time. @param scrapes in order of time @param span run time, ms */
export function serverFigures(
  scrapes: readonly Scrape[],
  span: { readonly start: number; readonly end: number },
): ServerFigures[] {
  const before = nearest(scrapes, span.start);
  const after = nearest(scrapes, span.end);
  if (before === after) return [];
  const [from, to] = [scrapes[before]!, scrapes[after]!];
  const within = scrapes.slice(before + 1, after + 1).map((scrape) => readingsBetween(null, scrape));
  const whole = readingsBetween(from, to);
  const groups = [...new Set(whole.map(groupOf))];
  return groups.map((group) => {
    const readings = whole.filter((reading) => groupOf(reading) === group);
    const { server, model } = readings[0]!;
    const figures = readings.map((reading) => {
      const { name, unit, value } = reading;
      if (isOfCounters(reading)) return { name, unit, mean: known(value), max: null };
      const gauges = within
        .map((all) => all.find((other) => groupOf(other) === group && other.name === name)?.value ?? NaN)
        .filter((gauge) => !Number.isNaN(gauge));
      const mean = gauges.reduce((sum, gauge) => sum + gauge, 0) / gauges.length;
      return {
        name,
        unit,
        mean: known(mean),
        max: gauges.length === 0 ? null : gauges.reduce((a, b) => Math.max(a, b)),
      };
    });
    return { server, model, figures, batches: batchesBetween(ofModel(from, model), ofModel(to, model)) };
  });
}

function groupOf({ server, model }: Reading): string {
  return `${server} ${model}`;
}

function ofModel(scrape: Scrape, model: string | null): Scrape {
  return { ...scrape, samples: scrape.samples.filter(({ labels }) => (labels['model'] ?? null) === model) };
}

function nearest(scrapes: readonly Scrape[], time: number): number {
  let found = 0;
  scrapes.forEach((scrape, at) => {
    if (Math.abs(scrape.time - time) < Math.abs(scrapes[found]!.time - time)) found = at;
  });
  return found;
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
