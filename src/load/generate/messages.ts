import type { ClockOrigin } from '../runs/clock.ts';
import type { Outcome, Phase } from '../runs/request-table.ts';
import type { ResolvedPlan } from './plan.ts';

export interface LoadWorkerData {
  readonly plan: ResolvedPlan;
  readonly origin: ClockOrigin;
  /** Whether a profiled phase follows the measured one. */
  readonly profiled: boolean;
}

export type ToLoadWorker =
  /** The profiler takes samples: end the transition and begin the profiled phase. */
  | { readonly type: 'profile' }
  /** Send no more, give what is in flight `grace` ms, then interrupt it and end. */
  | { readonly type: 'stop'; readonly grace: number };

export type FromLoadWorker =
  | { readonly type: 'phase'; readonly phase: Phase; readonly start: number }
  /** No request of that phase is in flight any more. */
  | { readonly type: 'drained'; readonly phase: Phase }
  /** Rows of `REQUEST_WIDTH` numbers, transferred. */
  | { readonly type: 'rows'; readonly rows: Float64Array; readonly inFlight: number }
  /** The first few failures of each kind. */
  | { readonly type: 'failure'; readonly outcome: Outcome; readonly text: string }
  /** Everything is sent and answered. `sendingEnd`: when the last phase ended. `planned` counts what the load model asked for, by phase; null in a closed loop. */
  | {
      readonly type: 'done';
      readonly sendingEnd: number;
      readonly end: number;
      readonly planned: Readonly<Record<Phase, number>> | null;
    };
