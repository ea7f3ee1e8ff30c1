import type { Profile } from '../../profile/profile.ts';
import type { Attribution } from '../../runs/attribution.ts';
import type { ChunkTable } from '../../runs/chunk-table.ts';
import type { RequestTable } from '../../runs/request-table.ts';
import type { GpuActivity } from '../../telemetry/gpu-activity.ts';
import type { Span } from '../shares.ts';
import type { Wait } from '../slow-intervals.ts';

/** What views of a run are made from. */
export interface ViewMaterial {
  readonly profile: Profile;
  /** Of the profiled phase. */
  readonly requests: RequestTable;
  readonly chunks: readonly ChunkTable[];
  /** Those that the target uses, where that is known. */
  readonly gpus: readonly GpuActivity[];
  /** Ms: the plan's lowest limit on what is waited for; null where it sets none. */
  readonly limits: Readonly<Record<Wait, number | null>>;
  /** Names by the numbers that requests know their step and their group by. */
  readonly steps: readonly string[];
  readonly groups: readonly string[];
  /** What was profiled; of no length where that is not known. */
  readonly phase: Span;
  /** What the service told of whom its threads worked for; absent where it told nothing. */
  readonly attribution?: Attribution;
  /** How far samples and requests may be apart, ms; 0 without it. */
  readonly clockErrorMs?: number;
}
