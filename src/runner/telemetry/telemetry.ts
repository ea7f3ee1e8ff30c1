import type { Phase } from '../../runs/request-table.ts';
import type { NamedSeries } from '../../telemetry/named-series.ts';
import type { TelemetrySource, Told, WatchedRun } from './telemetry-source.ts';

/** All that is watched beside the requests of one run, as one. */
export class Telemetry {
  readonly #sources: readonly TelemetrySource[];

  constructor(sources: readonly TelemetrySource[]) {
    this.#sources = sources;
  }

  /** Resolves to what is wrong already, a sentence each. */
  async begin(run: WatchedRun): Promise<string[]> {
    const troubles = await Promise.all(this.#sources.map((source) => source.begin(run)));
    return troubles.filter((trouble) => trouble !== null);
  }

  look(phase: Phase): void {
    for (const source of this.#sources) source.look?.(phase);
  }

  async news(): Promise<NamedSeries[]> {
    return (await Promise.all(this.#sources.map((source) => source.news()))).flat();
  }

  async finish(): Promise<Told[]> {
    return Promise.all(this.#sources.map((source) => source.finish()));
  }

  abandon(): void {
    for (const source of this.#sources) source.abandon();
  }
}
