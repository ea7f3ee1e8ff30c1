import type { TargetLook } from '../../telemetry/target-figures.ts';

/** Looks at a target's processes, as one system tells of them. */
export interface TargetReader {
  /** Null where none of them can be seen. */
  look(): Promise<TargetLook | null> | TargetLook | null;
  /** Until it should look again, ms: seldom enough that looking does not count. */
  readonly pause: number;
  close(): void;
}
