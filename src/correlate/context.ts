import type { Frame, Profile } from '../profile/profile.ts';
import type { EntityTree } from './entities.ts';
import type { FlightSteps } from './overlap.ts';
import type { NodePoints, Span } from './shares.ts';
import type { Wait } from './slow-intervals.ts';
import type { Intervals, Tail } from './tail.ts';

export interface CorrelationInput {
  readonly profile: Profile;
  /**
   * The answered requests of the profiled phase by column, ms on the profile's clock. `latency` (ms) decides who is slow; without it
   * it is end − start.
   */
  readonly requests: { readonly start: Float64Array; readonly end: Float64Array; readonly latency?: Float64Array };
  /** What of them is waited for, whose intervals these are; the whole answer without it. */
  readonly what?: Wait;
  /** Whether users who wait for answers made the load, and not a rate; not without it. */
  readonly closed?: boolean;
  /** The profiled phase, ms on the same clock. */
  readonly phase: Span;
  readonly isUserCode: (frame: Frame) => boolean;
  /** Ms: an objective on what is waited for, where there is one. */
  readonly objectiveLimit?: number;
  readonly seed: number;
  /** How a file is named in sentences; its base name without it. */
  readonly describeFile?: (path: string) => string;
  /** The text of a line of the source (1-based); null where it cannot be read. Without it only frames tell what a line calls. */
  readonly sourceLine?: (file: string, line: number) => string | null;
  /** Estimated error of the alignment between profile and requests, ms; 0 without it. */
  readonly clockErrorMs?: number;
}

/** What the tests of one correlation share. */
export interface Context {
  readonly input: CorrelationInput;
  readonly tree: EntityTree;
  readonly intervals: Intervals;
  readonly tail: Tail;
  /** Running points of the phase. */
  readonly points: NodePoints;
  readonly steps: FlightSteps;
  /** What is slow, as sentences name it: `slow requests`. */
  readonly slow: string;
  /** Ms. */
  readonly minShift: number;
  readonly blockMs: number;
}
