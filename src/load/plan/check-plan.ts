import { grpcMethod } from '../grpc/grpc-method.ts';
import { parseObjective } from '../measure/objective.ts';
import { missingFor } from '../measure/objective-needs.ts';
import { compileAddress } from '../scenario/address.ts';
import { checkHeaderName, compileHeaders } from '../scenario/request-headers.ts';
import { batchSize } from '../scenario/shaped-step.ts';
import { compileTemplate } from '../scenario/template.ts';
import { isWithin, LIMITS, type Limit, limitedText, rangeText } from './limits.ts';
import { checkMetrics } from './metrics-plan.ts';
import { type Load, METHODS, type Plan, PlanError, type Step } from './plan.ts';
import { checkTargetUrl } from './target-url.ts';

/**
 * Checks what the types cannot say of a plan made by the command line or the editor; one read from a file has been checked there. Throws
 * a {@link PlanError} that names the option and what it may be.
 */
export function checkPlan(plan: Plan): Plan {
  checkTargetUrl(plan.target.url);
  compileHeaders([plan.target.headers]);
  checkMetrics(plan.target.metrics);
  within('--redirects', LIMITS.redirects, plan.target.redirects);
  within('--streams', LIMITS.streams, plan.target.streams);
  const steps = [...(plan.setup?.steps ?? []), ...plan.scenarios.flatMap((scenario) => scenario.steps)];
  if (plan.scenarios.length === 0 || plan.scenarios.some((scenario) => scenario.steps.length === 0)) {
    throw new PlanError('A plan has at least one scenario, and each scenario at least one step.');
  }
  for (const step of steps) checkStep(step, plan.target.url);
  if (plan.load !== null) checkLoad(plan.load);
  if (plan.connections !== null) within('--connections', LIMITS.connections, plan.connections);
  if (plan.gracefulStop !== null) within('--graceful-stop', LIMITS.gracefulStop, plan.gracefulStop);
  within('--duration', LIMITS.duration, plan.duration);
  within('--warmup', LIMITS.warmup, plan.warmup);
  within('--timeout', LIMITS.timeout, plan.timeout);
  within('--max-in-flight', LIMITS.maxInFlight, plan.maxInFlight);
  within('--generators', LIMITS.generators, plan.generators);
  within('--seed', LIMITS.seed, plan.seed);
  for (const { objective } of plan.objectives) {
    const missing = missingFor(parseObjective(objective), plan);
    if (missing !== null) throw new PlanError(missing);
  }
  if (plan.split !== null) checkHeaderName(plan.split);
  return plan;
}

function checkStep({ method, url, headers, batch }: Step, base: string): void {
  if (method === 'GRPC') grpcMethod(url);
  else if (!METHODS.includes(method)) throw new PlanError(`Method ${method} is not one of ${METHODS.join(', ')}.`);
  compileAddress(url, {}, base);
  compileHeaders([headers]);
  if (batch === null) return;
  const rows = compileTemplate(batch);
  if (rows.static) batchSize(rows.text);
}

function checkLoad(load: Load): void {
  if (load.model === 'replay') return;
  const [option, limit, level] =
    load.model === 'open'
      ? (['--rate', LIMITS.rate, LIMITS.stageRate] as const)
      : (['--users', LIMITS.users, LIMITS.stageUsers] as const);
  within(option, limit, Math.max(...load.stages.flatMap(({ from, to }) => [from, to])));
  for (const { from, to, duration } of load.stages) {
    within(option, level, from);
    within(option, level, to);
    within('The length of a stage', LIMITS.stageTime, duration);
  }
  if (load.model === 'open' && load.arrivals === 'gamma') within('--burstiness', LIMITS.burstiness, load.burstiness);
}

function within(option: string, limit: Limit, value: number): void {
  if (isWithin(limit, value)) return;
  throw new PlanError(`${option} must be ${rangeText(limit)}, not ${limitedText(limit, value)}.`);
}
