import type { Frame, Profile } from '../profile/profile.ts';
import type { EntityTree } from './entities.ts';
import type { FlightSteps } from './overlap.ts';
import type { NodePoints, Span } from './shares.ts';

export interface CorrelationInput {
  readonly profile: Profile;
  /**
   * The answered requests of the profiled phase by column, ms on the profile's clock. `latency` (ms) decides who is slow; without it
   * it is end − start.
   */
  readonly requests: { readonly start: Float64Array; readonly end: Float64Array; readonly latency?: Float64Array };
  /** The profiled phase, ms on the same clock. */
  readonly phase: Span;
  readonly isUserCode: (frame: Frame) => boolean;
  /** Ms: an objective on latency, where there is one. */
  readonly objectiveLimit?: number;
  readonly seed: number;
  /** How a file is named in sentences; its base name without it. */
  readonly describeFile?: (path: string) => string;
  /** Estimated error of the alignment between profile and requests, ms; 0 without it. */
  readonly clockErrorMs?: number;
}

/** What the tests of one correlation share. */
export interface Context {
  readonly input: CorrelationInput;
  readonly tree: EntityTree;
  /** Running points of the phase. */
  readonly points: NodePoints;
  readonly steps: FlightSteps;
  /** Ms. */
  readonly minShift: number;
  readonly blockMs: number;
}
