import type { SingleWalk } from './generate/single-walk.ts';
import type { Plan } from './plan/plan.ts';
import { explain, PreflightError } from './preflight.ts';
import type { PlanValues } from './scenario/plan-values.ts';
import { prepareStep } from './scenario/prepared-step.ts';
import { compileTemplate, renderText } from './scenario/template.ts';

export interface SetUpResult {
  /** What its steps extracted, by name. */
  readonly values: Readonly<Record<string, unknown>>;
  /** The plan's `refresh` with what was extracted filled in, such as `3600s`; null: it need not be run again. */
  readonly refresh: string | null;
  /** When it was run, on `performance.now()`'s clock: what it extracted lasts from there. */
  readonly at: number;
}

/** Runs a plan's set-up once. Throws a {@link PreflightError} where a step of it fails: without it the load would fail as well. */
export async function setUp(
  plan: Plan,
  walk: SingleWalk,
  values: PlanValues,
  signal: AbortSignal,
): Promise<SetUpResult | null> {
  if (plan.setup === null) return null;
  const { steps, refresh } = plan.setup;
  const scenario = { name: 'setup', steps: steps.map((step, index) => prepareStep(step, plan.target, index)) };
  const own = values.of(0, 1, true);
  const at = performance.now();
  const ends = await walk.walk(scenario, own, signal);
  const failed = ends.find(({ outcome }) => outcome !== 'ok');
  if (failed) throw new PreflightError(explain(plan, failed, values.redactor(own.extracted)));
  return {
    values: own.extracted,
    refresh: refresh === null ? null : renderText(compileTemplate(refresh), own),
    at,
  };
}
