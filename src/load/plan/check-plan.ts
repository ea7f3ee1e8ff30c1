import { grpcMethod } from '../grpc/grpc-method.ts';
import { parseObjective } from '../measure/objective.ts';
import { missingFor } from '../measure/objective-needs.ts';
import { modelOf } from '../model/load-model.ts';
import { compileAddress } from '../scenario/address.ts';
import { checkHeaderName, compileHeaders } from '../scenario/request-headers.ts';
import { batchSize } from '../scenario/shaped-step.ts';
import { compileTemplate } from '../scenario/template.ts';
import { LIMITS, requireWithin } from './limits.ts';
import { checkMetrics } from './metrics-plan.ts';
import { METHODS, type Plan, type Step } from './plan.ts';
import { PlanError } from './plan-error.ts';
import { checkTargetUrl } from './target-url.ts';

/**
 * Checks what the types cannot say of a plan made by the command line or the editor; one read from a file has been checked there. Throws
 * a {@link PlanError} that names the option and what it may be.
 */
export function checkPlan(plan: Plan): Plan {
  checkTargetUrl(plan.target.url);
  compileHeaders([plan.target.headers]);
  checkMetrics(plan.target.metrics);
  requireWithin('--redirects', LIMITS.redirects, plan.target.redirects);
  requireWithin('--streams', LIMITS.streams, plan.target.streams);
  const steps = [...(plan.setup?.steps ?? []), ...plan.scenarios.flatMap((scenario) => scenario.steps)];
  if (plan.scenarios.length === 0 || plan.scenarios.some((scenario) => scenario.steps.length === 0)) {
    throw new PlanError('A plan has at least one scenario, and each scenario at least one step.');
  }
  for (const step of steps) checkStep(step, plan.target.url);
  if (plan.load !== null) modelOf(plan.load).check();
  if (plan.connections !== null) requireWithin('--connections', LIMITS.connections, plan.connections);
  if (plan.gracefulStop !== null) requireWithin('--graceful-stop', LIMITS.gracefulStop, plan.gracefulStop);
  requireWithin('--duration', LIMITS.duration, plan.duration);
  requireWithin('--warmup', LIMITS.warmup, plan.warmup);
  requireWithin('--timeout', LIMITS.timeout, plan.timeout);
  requireWithin('--max-in-flight', LIMITS.maxInFlight, plan.maxInFlight);
  requireWithin('--generators', LIMITS.generators, plan.generators);
  requireWithin('--seed', LIMITS.seed, plan.seed);
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
