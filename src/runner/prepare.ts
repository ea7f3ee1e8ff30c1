import { SingleWalk } from '../load/generate/single-walk.ts';
import { fewestStreams, originsOf } from '../load/http/origins.ts';
import type { Addresses, Protocol } from '../load/http/transport.ts';
import { metricsOrigins } from '../load/plan/metrics-plan.ts';
import type { Plan, ResolvedPlan } from '../load/plan/plan.ts';
import { PlanError } from '../load/plan/plan-error.ts';
import { gentleLoad, resolvePlan } from '../load/plan/resolve-plan.ts';
import { type PreflightAnswer, PreflightError, preflight } from '../load/preflight.ts';
import { PlanValues } from '../load/scenario/plan-values.ts';
import { type SetUpResult, setUp } from '../load/set-up.ts';
import { asRequested } from './as-requested.ts';
import { RunnerError, type RunRequest } from './messages.ts';
import { type Permission, requirePermission } from './permission.ts';

/** A target that nobody is asked to start gets this long to come up. */
const PATIENCE_MS = 1000;

/** What was found out of a target before the load. */
export interface Prepared {
  readonly plan: ResolvedPlan;
  readonly answer: PreflightAnswer;
  readonly permission: Permission;
  readonly origins: readonly string[];
  readonly addresses: Addresses;
  /** By origin, as the preflight's connections had it. */
  readonly protocols: ReadonlyMap<string, Protocol>;
  /** Requests at a time on one connection, to the origin of the load where they are fewest: there requests wait for one. */
  readonly streams: number;
  readonly setUp: SetUpResult | null;
  readonly values: PlanValues;
  /** To be closed after the run. */
  readonly walk: SingleWalk;
}

/**
 * Permission, set-up, preflight: everything that is said before any load is sent. Rejects with a {@link RunnerError}, or with the reason
 * of the signal.
 * @param stage told what begins
 */
export async function prepare(
  { allowRemote, secrets }: RunRequest,
  plan: Plan,
  signal: AbortSignal,
  stage: (text: string) => void,
): Promise<Prepared> {
  const origins = asRequested(() => originsOf(plan));
  const { socket } = plan.target;
  const asked = metricsOrigins(plan.target.metrics).filter((origin) => !origins.includes(origin));
  const permission = await requirePermission(origins, socket, allowRemote);
  // They are not on the target's socket.
  const { addresses } = await requirePermission(asked, null, allowRemote, permission.addresses);
  const values = asRequested(() => new PlanValues({ plan, secrets, values: {}, allowed: allowRemote }));
  const walk = asRequested(() => new SingleWalk(plan, addresses, (origin) => values.requireOrigin(origin)));
  try {
    if (plan.setup !== null) stage('Setting up');
    const done = await setUp(plan, walk, values, signal);
    if (done !== null) values.learn(done.values);
    stage('Preflight');
    const answer = await preflight(plan, walk, values, PATIENCE_MS, signal);
    const resolved = resolvePlan(plan, gentleLoad(answer.ms, plan), answer.ms);
    const protocols = new Map(walk.protocols);
    const streams = fewestStreams(plan, walk.protocols);
    return { plan: resolved, answer, permission, origins, addresses, protocols, streams, setUp: done, values, walk };
  } catch (error) {
    walk.close();
    signal.throwIfAborted();
    if (error instanceof PreflightError) throw new RunnerError(3, error.message);
    if (error instanceof PlanError) throw new RunnerError(2, error.message);
    throw error;
  }
}
