import type { LogFacts } from '../../runs/run-document.ts';
import type { RunEvent } from '../../runs/run-log.ts';
import type { LabelledSeries } from '../../telemetry/labelled-series.ts';
import { type LogReading, logSeries } from '../../telemetry/log/log-series.ts';

/** What logs said, from what was logged of them; empty where none was followed. */
export function loggedLogs(events: readonly RunEvent[]): LogFacts[] {
  return [...(events.findLast((event) => event.type === 'logs')?.logs ?? [])];
}

/** Errors and warnings of all logs, in order of time. */
export function logReadings(events: readonly RunEvent[]): LogReading[] {
  return events.filter((event) => event.type === 'log-counts').toSorted((a, b) => a.time - b.time);
}

/** The same as series, of all logs together: which is which is lost with the run's end. @param end run time, ms */
export function loggedSeries(events: readonly RunEvent[], end: number): LabelledSeries[] {
  return loggedLogs(events).length === 0 ? [] : logSeries(logReadings(events), 0, end, null);
}
