import type { RunEvent } from '../../runs/run-log.ts';
import type { SeriesFacts } from '../../runs/series-facts.ts';
import type { LabelledSeries } from '../../telemetry/labelled-series.ts';

interface Source {
  readonly facts: SeriesFacts[];
  readonly times: number[];
  readonly values: (readonly (number | null)[])[];
}

/** The series that endpoints of metrics were chosen for, from what was logged. */
export function scrapedSeries(events: readonly RunEvent[]): LabelledSeries[] {
  const sources = new Map<number, Source>();
  const sourceOf = (number: number): Source => {
    const own = sources.get(number) ?? { facts: [], times: [], values: [] };
    sources.set(number, own);
    return own;
  };
  for (const event of events) {
    if (event.type === 'series') sourceOf(event.source).facts.push(...event.added);
    if (event.type !== 'readings') continue;
    const { times, values } = sourceOf(event.source);
    times.push(event.time);
    values.push(event.values);
  }
  return [...sources.values()].flatMap(({ facts, times, values }) =>
    facts.map((one, number) => ({
      ...one,
      time: Float64Array.from(times),
      values: Float64Array.from(values, (row) => row[number] ?? NaN),
    })),
  );
}
