import type { LabelledSeries } from './labelled-series.ts';

interface Rows {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly unit: string;
  readonly points: { time: number; value: number }[];
}

/** Collects readings in any order and yields a series for each name with its labels. */
export class SeriesBuilder {
  readonly #series = new Map<string, Rows>();

  /** @param time run time, ms @param value NaN where it was not told */
  add(name: string, labels: Readonly<Record<string, string>>, unit: string, time: number, value: number): void {
    const key = `${name}\n${Object.entries(labels).join('\n')}`;
    let own = this.#series.get(key);
    if (own === undefined) {
      own = { name, labels, unit, points: [] };
      this.#series.set(key, own);
    }
    own.points.push({ time, value });
  }

  /** In the order in which they were first met, each in order of time. */
  build(): LabelledSeries[] {
    return [...this.#series.values()].map(({ name, labels, unit, points }) => {
      points.sort((a, b) => a.time - b.time);
      return {
        name,
        labels,
        unit,
        time: Float64Array.from(points, ({ time }) => time),
        values: Float64Array.from(points, ({ value }) => value),
      };
    });
  }
}
