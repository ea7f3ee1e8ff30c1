import { setTimeout as sleep } from 'node:timers/promises';
import type { StepEnd } from './generate/iteration.ts';
import type { SingleWalk } from './generate/single-walk.ts';
import { REFLECTION_SERVICE } from './grpc/reflection-service.ts';
import { PLAIN_STEP } from './plan/plain-plan.ts';
import type { Plan, Step } from './plan/plan.ts';
import { hasPrompts } from './plan/plan-prompts.ts';
import { allSteps } from './plan/plan-steps.ts';
import type { Redactor } from './plan/redaction.ts';
import type { PlanValues } from './scenario/plan-values.ts';
import { ScenarioMix } from './scenario/prepared-scenario.ts';
import { prepareStep } from './scenario/prepared-step.ts';

const WAIT_STEP_MS = 200;

export interface PreflightAnswer {
  /** Of the first step. */
  readonly status: number;
  /** What one iteration took; of a single request the second of two, since the first pays for connecting and for cold caches. */
  readonly ms: number;
  /** The same by step. */
  readonly steps: readonly number[];
}

/** The target did not pass the preflight; the message says what it did. */
export class PreflightError extends Error {
  override readonly name = 'PreflightError';
}

/**
 * Walks through each scenario once before any load. A refused connection at the very first step is tried again for `patience` ms; every
 * other failure is final. Throws a {@link PreflightError} with the answer's own text.
 */
export async function preflight(
  plan: Plan,
  walk: SingleWalk,
  values: PlanValues,
  patience: number,
  signal: AbortSignal,
): Promise<PreflightAnswer> {
  const { scenarios } = new ScenarioMix(plan);
  const steps = new Array<number>(allSteps(plan).length).fill(Number.NaN);
  const deadline = performance.now() + patience;
  let status = 0;
  // A prompt that the server has just read would be answered sooner.
  const second = hasPrompts(plan) ? 1 : 0;
  for (const [index, scenario] of scenarios.entries()) {
    let ends = await walk.walk(scenario, values.of(index, 1, true), signal);
    while (ends[0]?.outcome === 'refused' && performance.now() < deadline) {
      await sleep(WAIT_STEP_MS, undefined, { signal });
      ends = await walk.walk(scenario, values.of(index, 1, true), signal);
    }
    const failed = ends.find(({ outcome }) => outcome !== 'ok' && outcome !== 'cancelled');
    if (failed) {
      const hint = await servicesHint(plan, failed, walk, values, signal);
      throw new PreflightError(`${explain(plan, failed, values.redactor())}${hint}`);
    }
    status ||= ends[0]!.exchange?.status ?? 0;
    // One request is sent again; a flow that may order things is not.
    const timed = steps.length === 1 ? await walk.walk(scenario, values.of(second, 1, true), signal) : ends;
    for (const { request, exchange } of timed) steps[request.due.step] = (exchange?.end ?? NaN) - request.due.intended;
  }
  return { status, ms: meanIteration(plan, steps), steps };
}

/** The mean over the scenarios by their weight. */
function meanIteration({ scenarios }: Plan, steps: readonly number[]): number {
  const total = scenarios.reduce((sum, { weight }) => sum + weight, 0);
  let [at, mean] = [0, 0];
  for (const scenario of scenarios) {
    const own = steps.slice(at, at + scenario.steps.length);
    mean += (scenario.weight / total) * own.reduce((sum, ms) => sum + (Number.isNaN(ms) ? 0 : ms), 0);
    at += scenario.steps.length;
  }
  return mean;
}

/** What went wrong at a step that has to go well, with what may help, without secrets. */
export function explain(
  plan: Plan,
  { request, step, outcome, text: said, exchange }: StepEnd,
  redactor: Redactor,
): string {
  const { outgoing, origin } = request.due;
  // It may quote the answer.
  const text = redactor.body(said);
  const named = allSteps(plan).length > 1 || plan.setup !== null ? `Step "${step.name}": ` : '';
  if (outgoing.method === '') return `${named}${text}`;
  const where = `${named}${outgoing.method} ${redactor.url(origin + outgoing.path)}`;
  switch (outcome) {
    case 'refused':
      return `${where}: nothing listens on ${plan.target.socket ?? new URL(origin).host}. Start the server first, or let Tailflame start it with --start.`;
    case 'timeout':
    case 'dropped':
      // A stream that stops coming has answered something.
      if (request.due.reading?.began === true) return `${where}: ${text}`;
      return `${where}: no answer within ${plan.timeout} ms. Is the server stuck? A longer --timeout waits longer.`;
    case 'status':
      return `${where} answered ${text}${hint(exchange?.status ?? 0)}`;
    default:
      return `${where}: ${text}`;
  }
}

/** What services a gRPC server has, where it has not the one that was called and tells by reflection. */
async function servicesHint(
  plan: Plan,
  { text, step }: StepEnd,
  walk: SingleWalk,
  values: PlanValues,
  signal: AbortSignal,
): Promise<string> {
  if (step.call === null || !text.startsWith('UNIMPLEMENTED')) return '';
  const steps = [prepareStep(REFLECTION, plan.target, 0)];
  const own = values.of(0, 1, true);
  const [end] = await walk.walk({ name: 'reflection', steps }, own, signal);
  const services = end?.outcome === 'ok' ? own.extracted['services'] : null;
  return Array.isArray(services) ? `\nThe server has these services: ${services.join(', ')}.` : '';
}

const REFLECTION: Step = {
  name: 'reflection',
  method: 'GRPC',
  url: `${REFLECTION_SERVICE}/ServerReflectionInfo`,
  ...PLAIN_STEP,
  extract: { services: { from: 'json', path: '$.services', otherwise: null } },
};

function hint(status: number): string {
  if (status === 422 || status === 400) return '\nThe body is not what the route expects: give it with -d.';
  if (status === 401 || status === 403) return '\nThe route wants credentials: give them with -H.';
  if (status === 404) return '\nNo such route: check the path.';
  if (status === 405) return '\nThe route wants another method: give it with -X.';
  return '';
}
