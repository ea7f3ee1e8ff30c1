import type { Profile } from '../profile.ts';

/** What a profiler brought back. */
export interface Capture {
  readonly profile: Profile;
  /** Estimated error of the profile's times on the run's clock, ms. */
  readonly clockError: number;
  /** What was done so that the profiler disturbs less, and what that costs, as a sentence for people; absent where nothing was. */
  readonly restraint?: string;
}

/** Samples a process while a run loads it. Everything rejects with a {@link CaptureError}. */
export interface Profiler {
  readonly kind: 'v8' | 'py-spy';
  /** Name of the raw capture in the run's folder. */
  readonly raw: string;
  /** Resolves when samples are being taken. */
  start(): Promise<void>;
  /** Ends the sampling and reads what was sampled, times in ms on the run's clock. */
  stop(): Promise<Capture>;
  /** Lets go of the process at once; what was sampled is given up. */
  abandon(): void;
}

/** Why a process could not be sampled and what can be done, as one sentence or two. The load's own result still counts. */
export class CaptureError extends Error {
  override readonly name = 'CaptureError';
}
