import { TARGET_SERIES } from '../telemetry/target-series.ts';
import type { TelemetrySeries } from './result-view.ts';

/** Of what is watched of a target, what is drawn only where it once reaches this; the rest of it is in the tables and in telemetry.parquet. */
const DRAWN_FROM: ReadonlyMap<string, number> = new Map([
  [TARGET_SERIES.threads, Number.POSITIVE_INFINITY],
  [TARGET_SERIES.voluntarySwitches, Number.POSITIVE_INFINITY],
  [TARGET_SERIES.involuntarySwitches, Number.POSITIVE_INFINITY],
  [TARGET_SERIES.waitingForCore, 0.5],
  [TARGET_SERIES.waitingForGil, 0.5],
  [TARGET_SERIES.acceptQueue, 1],
  [TARGET_SERIES.throttled, 1],
  [TARGET_SERIES.fds, 50],
  [TARGET_SERIES.machineMemory, 80],
]);

/** Telemetry without what there is no reason to look at: a limit that is far away, a queue that stays empty. */
export function drawnTelemetry(all: readonly TelemetrySeries[]): TelemetrySeries[] {
  return all.filter(({ name, values }) => {
    const from = DRAWN_FROM.get(name);
    return from === undefined || values.some((value) => value !== null && value >= from);
  });
}
