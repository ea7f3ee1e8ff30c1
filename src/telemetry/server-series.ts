import type { Scrape } from '../runs/metric-sample.ts';
import type { LabelledSeries } from './labelled-series.ts';
import { type Reading, readingsBetween } from './server-metrics.ts';

/** What a server told, as series over time: each value holds for the time since the scrape before. @param scrapes in order of time */
export function serverSeries(scrapes: readonly Scrape[]): LabelledSeries[] {
  const series = new Map<string, { reading: Reading; time: number[]; values: number[] }>();
  scrapes.forEach((scrape, at) => {
    for (const reading of readingsBetween(scrapes[at - 1] ?? null, scrape)) {
      const { server, name, model } = reading;
      const key = `${server} ${name} ${model}`;
      const own = series.get(key) ?? { reading, time: [], values: [] };
      series.set(key, own);
      own.time.push(scrape.time);
      own.values.push(reading.value);
    }
  });
  return [...series.values()].map(({ reading: { server, name, unit, model }, time, values }) => ({
    name: `${server} ${name}`,
    labels: model === null ? {} : { model },
    unit,
    time: Float64Array.from(time),
    values: Float64Array.from(values),
  }));
}
