import type { GateDocument } from './gate-document.ts';
import type { ComparisonMethod, FigureSample } from './gate-judgement.ts';
import type { SegmentRunner } from './segment-runner.ts';

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
  /** @param number of the step, from 1 */
  measure(number: number): Promise<void>;
  samples(): FigureSample[];
  /** What was measured so far. */
  told(): Pick<GateDocument, 'pairs' | 'runs' | 'repeated' | 'notJudged'>;
}
