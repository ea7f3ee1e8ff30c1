import type { GateDocument } from './gate-document.ts';
import type { FigureSample, Method } from './gate-judgement.ts';

/** What a gate measures, step by step, and how that is judged. */
export interface GateSide {
  readonly method: Method;
  /** After so many steps it may be enough; the last is as many as there are. */
  readonly looks: readonly number[];
  /** What it is held against, for people. */
  readonly against: string;
  /** Measured time of a segment, ms. */
  readonly segment: number;
  open(): Promise<void>;
  close(): Promise<void>;
  stop(): void;
  /** Comes first. @returns why it cannot be judged, as a sentence without its full stop; null where it can */
  settle(): Promise<string | null>;
  /** @param number of the step, from 1 */
  measure(number: number): Promise<void>;
  samples(): FigureSample[];
  /** What was measured so far. */
  told(): Pick<GateDocument, 'pairs' | 'runs' | 'repeated' | 'notJudged'>;
}
