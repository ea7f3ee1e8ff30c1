import type { LabelledSeries } from './labelled-series.ts';
import type { NamedSeries } from './named-series.ts';

interface Grown {
  readonly name: string;
  readonly unit: string;
  readonly time: number[];
  readonly values: number[];
  /** How many were told live. */
  told: number;
}

/** Series of one source while a run goes on, in the order they were first told of. */
export class GrowingSeries {
  readonly #series = new Map<string, Grown>();

  /** @param time run time, ms, later than that of the value before */
  add(name: string, unit: string, time: number, value: number): void {
    const grown = this.#series.get(name) ?? { name, unit, time: [], values: [], told: 0 };
    this.#series.set(name, grown);
    grown.time.push(time);
    grown.values.push(value);
  }

  /** What was added since the last call. */
  takeNews(): NamedSeries[] {
    const news = [...this.#series.values()].filter(({ time, told }) => time.length > told);
    return news.map((grown) => {
      const { name, unit, time, values, told } = grown;
      grown.told = time.length;
      return { name, unit, time: Float64Array.from(time.slice(told)), values: Float64Array.from(values.slice(told)) };
    });
  }

  get all(): LabelledSeries[] {
    return [...this.#series.values()].map(({ name, unit, time, values }) => ({
      name,
      labels: {},
      unit,
      time: Float64Array.from(time),
      values: Float64Array.from(values),
    }));
  }
}
