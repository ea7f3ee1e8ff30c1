import { Floats } from '../load/measure/floats.ts';
import type { NamedSeries } from '../telemetry/named-series.ts';
import type { TelemetrySeries } from './result-view.ts';
import { telemetrySeries } from './telemetry-series.ts';

interface Grown {
  readonly name: string;
  readonly unit: string;
  readonly time: Floats;
  readonly values: Floats;
}

/** The telemetry of a run in progress, put together from its parts: 16 bytes a reading. */
export class LiveTelemetry {
  /** In the order they were first told of. */
  readonly #series = new Map<string, Grown>();

  /** The next part of each series. */
  add(parts: readonly NamedSeries[]): void {
    for (const { name, unit, time, values } of parts) {
      const key = `${name}\n${unit}`;
      const grown = this.#series.get(key) ?? { name, unit, time: new Floats(), values: new Floats() };
      this.#series.set(key, grown);
      for (const at of time) grown.time.push(at);
      for (const value of values) grown.values.push(value);
    }
  }

  /** As it is drawn of a run that ended now. */
  get series(): TelemetrySeries[] {
    return telemetrySeries(
      [...this.#series.values()].map(({ name, unit, time, values }) => ({
        name,
        unit,
        time: time.values,
        values: values.values,
      })),
    );
  }
}
