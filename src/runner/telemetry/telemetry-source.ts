import type { ClockOrigin } from '../../runs/clock.ts';
import type { Phase } from '../../runs/request-table.ts';
import type { LabelledSeries } from '../../telemetry/labelled-series.ts';
import type { NamedSeries } from '../../telemetry/named-series.ts';
import type { TargetProcess } from '../target/target-process.ts';

/** The run that is watched, as a source of telemetry needs to know it. */
export interface WatchedRun {
  /** The run's folder, where a source may keep what it is told. */
  readonly folder: string;
  readonly origin: ClockOrigin;
  /** What the load goes to; null where it is not known, or not of this machine. */
  readonly target: TargetProcess | null;
  /** Run time, ms. */
  readonly now: () => number;
}

/** What a source had told when the run was over. */
export interface Told {
  readonly series: readonly LabelledSeries[];
  /** What went wrong with it, as a sentence for people; null where nothing did. */
  readonly trouble: string | null;
}

/** Something watched beside the requests of one run. It never fails the run. The load waits for it to begin, and for nothing later. */
export interface TelemetrySource {
  /** Begins before any load; resolves to what is wrong already, as a sentence for people, else null. */
  begin(run: WatchedRun): Promise<string | null>;
  /** A phase begins: who reads seldom reads now. */
  look?(phase: Phase): void;
  /** What was told since the last call, which is waited for before the next. */
  news(): Promise<readonly NamedSeries[]>;
  /** Ends it once all load is over. */
  finish(): Promise<Told>;
  /** Leaves nothing running, whatever is lost by it. */
  abandon(): void;
}
