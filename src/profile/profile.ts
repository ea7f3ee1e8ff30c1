/** A function as a profiler names it. Two frames are the same function when all fields are equal. */
export interface Frame {
  readonly function: string;
  /** Absolute path or URL as the profiler gave it (a `file:` URL becomes a path); null where it gave none. */
  readonly file: string | null;
  /** 1-based line where the function is declared; null where the profiler does not say (py-spy). */
  readonly line: number | null;
  readonly column: number | null;
}

export interface Thread {
  /** 0 where the profile does not say. */
  readonly pid: number;
  /** As text: Linux pthread ids do not fit in a double. */
  readonly id: string;
  readonly name: string;
}

/**
 * All stacks of a profile as one tree. Entry `i` is a stack whose innermost call is `frame[i]` executing `line[i]`, called from
 * the stack `parent[i]` (−1 at the root); a parent always stands before its children.
 */
export interface StackTree {
  readonly parent: Int32Array;
  /** Index into {@link Profile.frames}. */
  readonly frame: Int32Array;
  /** 1-based executing line in that frame; 0 where unknown. */
  readonly line: Int32Array;
}

/** What a thread was doing when it was sampled. */
export const SAMPLE_STATES = ['running', 'waiting'] as const;
export type SampleState = (typeof SAMPLE_STATES)[number];
export const RUNNING = 0;
export const WAITING = 1;

/** Samples by column, ordered by time where there is a time. */
export interface SampleColumns {
  /** Ms on the run's clock, or since the profile began where it stands alone; NaN without a time axis. */
  readonly time: Float64Array;
  /** Index into the {@link StackTree}; −1 for an empty stack. */
  readonly stack: Int32Array;
  /** Index into {@link Profile.threads}. */
  readonly thread: Int32Array;
  /** In {@link Profile.unit}: how long, or how often, this stack stood. */
  readonly weight: Float64Array;
  /** Index into {@link SAMPLE_STATES}. */
  readonly state: Uint8Array;
}

export type ProfileUnit = 'ms' | 'samples' | 'bytes';

export interface Profile {
  readonly name: string;
  readonly unit: ProfileUnit;
  /** False for collapsed stacks and other sums: such a profile colours lines but cannot be joined with requests. */
  readonly hasTime: boolean;
  readonly frames: readonly Frame[];
  readonly threads: readonly Thread[];
  readonly stacks: StackTree;
  readonly samples: SampleColumns;
}

/** A profile that cannot be read, said to the person who opened it. */
export class ProfileError extends Error {
  override readonly name = 'ProfileError';
}
