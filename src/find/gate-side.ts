import type { LineTime, TimedRequests } from '../correlate/code/line-times.ts';
import type { GateAnswers, GateDocument } from './gate-document.ts';
import type { ComparisonMethod, FigureSample } from './gate-judgement.ts';
import type { GateLevels } from './gate-levels.ts';
import type { SegmentRunner } from './segment-runner.ts';

/** The time that all of a gate may take, ms, and whether some of it is for profiles. */
export interface GateTime {
  readonly budget: number;
  readonly profile: boolean;
}

/** What a gate measures, step by step, and how that is judged. */
export interface GateSide {
  readonly method: ComparisonMethod;
  /** After so many steps it may be enough; the last is as many as there are. */
  readonly looks: readonly number[];
  /** What it is held against, for people. */
  readonly against: string;
  /** Measured time of a segment, and all that a step should take, ms. */
  readonly segment: number;
  readonly step: number;
  /** What starts the builds, and ends. */
  readonly segments: Pick<SegmentRunner<string>, 'open' | 'close' | 'stop'>;
  /** Comes first. @returns why it cannot be judged, as a sentence without its full stop; null where it can */
  settle(): Promise<string | null>;
  /** How the builds answer, asked before anything is measured; null where that is not asked. */
  answers(signal: AbortSignal): Promise<GateAnswers | null>;
  /** @param number of the step, from 1 */
  measure(number: number): Promise<void>;
  samples(): FigureSample[];
  /** What the objectives of the plan come to. */
  readonly levels: Pick<GateLevels, 'count' | 'judged' | 'notJudged'>;
  /** What {@link GateSide.lineTimes} takes, ms; 0 where it is not asked for. */
  readonly profiling: number;
  /** What the lines of either build took, from runs that are profiled now; or why that is not known, as a sentence. */
  lineTimes(which: TimedRequests): Promise<Record<'baseline' | 'candidate', readonly LineTime[]> | string>;
  /** What was measured so far. */
  told(): Pick<GateDocument, 'pairs' | 'runs' | 'repeated' | 'notJudged'>;
}
