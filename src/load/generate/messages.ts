import type { ClockOrigin } from '../../runs/clock.ts';
import type { FailureExample } from '../../runs/failure-example.ts';
import type { HealthSample } from '../../runs/health-sample.ts';
import type { Phase } from '../../runs/request-table.ts';
import type { Addresses } from '../http/transport.ts';
import type { ResolvedPlan } from '../plan/plan.ts';

/** Everything a generator needs to know to do its part of a load. */
export interface GeneratorData {
  readonly plan: ResolvedPlan;
  readonly origin: ClockOrigin;
  /** Whether a profiled phase follows the measured one. */
  readonly profiled: boolean;
  /** Which of `generators` this is, from 0. */
  readonly generator: number;
  readonly generators: number;
  readonly addresses: Addresses;
  /** Hosts beyond this machine that may be sent load. */
  readonly allowed: readonly string[];
  /** Origins that were seen to speak HTTP/2. */
  readonly multiplexed: readonly string[];
  readonly secrets: Readonly<Record<string, string>>;
  /** What the set-up extracted. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The beginning of the trace ids that requests of the profiled phase carry; null: they carry none. */
  readonly trace: string | null;
}

export type ToGenerator =
  /** Make everything ready, and say so. */
  | { readonly type: 'start'; readonly data: GeneratorData }
  /** The load begins at that time, ms on the run's clock. */
  | { readonly type: 'go'; readonly startAt: number }
  /**
   * The profiler takes samples: end the transition and begin the profiled phase at that time. `late`: tell of requests that are under way
   * for longer than that, ms; null: of none.
   */
  | { readonly type: 'profile'; readonly at: number; readonly late: number | null }
  /** The set-up was run again. */
  | { readonly type: 'values'; readonly values: Readonly<Record<string, unknown>> }
  /** Begin no more iterations, give those under way `grace` ms, then interrupt them and end. */
  | { readonly type: 'stop'; readonly grace: number };

export type FromGenerator =
  | { readonly type: 'ready' }
  | { readonly type: 'phase'; readonly phase: Phase; readonly start: number }
  /** A request of the profiled phase, due at `since`, is under way for longer than was said. Each once, at most ten a second. */
  | { readonly type: 'late'; readonly request: number; readonly since: number }
  /** No iteration of that phase is under way any more. `goesOn`: whether more are begun, in the phase after it. */
  | { readonly type: 'drained'; readonly phase: Phase; readonly goesOn: boolean }
  /** Rows of `REQUEST_WIDTH` numbers, and where the plan keeps them as many of `DETAIL_WIDTH`. */
  | {
      readonly type: 'rows';
      readonly rows: Float64Array;
      readonly details: Float64Array | null;
      readonly inFlight: number;
    }
  /** Rows of `CHUNK_WIDTH` numbers: the chunks of streams that have ended. */
  | { readonly type: 'chunks'; readonly chunks: Float64Array }
  /** An answer of a new group came; its rows follow, with this number of the generator's own. */
  | { readonly type: 'group'; readonly index: number; readonly name: string }
  /** The first few failures of each kind at each step. */
  | { readonly type: 'failure'; readonly example: FailureExample }
  | { readonly type: 'health'; readonly sample: HealthSample }
  /** It cannot go on; the sentence is for people. */
  | { readonly type: 'broken'; readonly message: string }
  /**
   * Everything is sent and answered. `sendingEnd`: when the last phase ended. `planned` counts the requests that came due, by phase; null
   * in a closed loop, which plans nothing.
   */
  | {
      readonly type: 'done';
      readonly sendingEnd: number;
      readonly end: number;
      readonly planned: Readonly<Record<Phase, number>> | null;
    };
