import { SingleWalk } from '../load/generate/single-walk.ts';
import { originsOf } from '../load/http/origins.ts';
import { checkPlan } from '../load/plan/check-plan.ts';
import type { Plan, Step } from '../load/plan/plan.ts';
import { PlanError } from '../load/plan/plan-error.ts';
import { hasStreams } from '../load/plan/plan-steps.ts';
import { Redactor, secretTexts } from '../load/plan/redaction.ts';
import { explain, PreflightError } from '../load/preflight.ts';
import { PlanValues } from '../load/scenario/plan-values.ts';
import { ScenarioMix } from '../load/scenario/prepared-scenario.ts';
import { StepError } from '../load/scenario/step-error.ts';
import { compileTemplate, renderText, type Template } from '../load/scenario/template.ts';
import type { IterationValues } from '../load/scenario/values.ts';
import { setUp } from '../load/set-up.ts';
import { RunnerError, type RunRequest } from '../runner/messages.ts';
import { requirePermission } from '../runner/permission.ts';

/** What one walk through a scenario was answered. */
export interface GivenAnswer {
  /** What was sent, so that the same inputs are known. */
  readonly input: string;
  /** Of each step that was answered, in order: the JSON, or the text of what is none. */
  readonly answers: readonly unknown[];
  /** What went wrong, without secrets; null where every step went well. */
  readonly failure: string | null;
  /** What is expected, from the plan's data; null where nothing was asked for. */
  readonly label: string | null;
}

/** What a step's answer is kept as, by its number in the plan: JSON, else text. */
const AS_JSON = (step: number): string => `tailflame: answer of step ${step} as JSON`;
const AS_TEXT = (step: number): string => `tailflame: answer of step ${step} as text`;

/** Asks one build, a walk through a scenario at a time. */
export class AskedBuild {
  /** By value: the plan's, and what its set-up extracted. */
  readonly secrets: readonly string[];
  readonly #walk: SingleWalk;
  readonly #values: PlanValues;
  readonly #mix: ScenarioMix;
  readonly #expected: Template | null;
  readonly #redactor: Redactor;
  readonly #plan: Plan;

  private constructor(plan: Plan, walk: SingleWalk, values: PlanValues, label: string | null, secrets: string[]) {
    this.#plan = plan;
    this.#walk = walk;
    this.#values = values;
    this.#mix = new ScenarioMix(plan);
    this.#expected = label === null ? null : compileTemplate(`\${${label}}`);
    this.secrets = secrets;
    this.#redactor = new Redactor(secrets);
  }

  /**
   * Rejects with a `PlanError`, and with a {@link RunnerError} where the plan's set-up fails.
   * @param label a name that the plan's templates know, such as `rows.label`; null: nothing is expected
   */
  static async open(
    { plan: given, secrets, allowRemote }: RunRequest,
    label: string | null,
    signal: AbortSignal,
  ): Promise<AskedBuild> {
    if (hasStreams(given)) throw new PlanError('Answers that stream are not compared: leave --answers away.');
    const plan = checkPlan(withAnswers(given));
    const origins = originsOf(plan);
    const { addresses } = await requirePermission(origins, plan.target.socket, allowRemote);
    const values = new PlanValues({ plan, secrets, values: {}, allowed: allowRemote });
    const walk = new SingleWalk(plan, addresses, (origin) => values.requireOrigin(origin));
    try {
      const done = await setUp(plan, walk, values, signal);
      if (done !== null) values.learn(done.values);
      return new AskedBuild(plan, walk, values, label, secretTexts(secrets, done?.values ?? {}));
    } catch (error) {
      walk.close();
      if (error instanceof PreflightError) throw new RunnerError(3, error.message);
      throw error;
    }
  }

  /**
   * Null where the plan has no such input any more. Rejects with a `PlanError` where it has none of what is expected.
   * @param index of the iteration, from 0
   */
  async ask(index: number, signal: AbortSignal): Promise<GivenAnswer | null> {
    if (this.#values.endedBefore(index)) return null;
    const { scenarios } = this.#mix;
    const own = this.#values.of(index, 1, true);
    let label: string | null = null;
    try {
      if (this.#expected !== null) label = renderText(this.#expected, own);
    } catch (error) {
      if (error instanceof StepError) throw new PlanError(`--label: ${error.message}`);
      throw error;
    }
    const ends = await this.#walk.walk(scenarios[index % scenarios.length]!, own, signal);
    const failed = ends.find(({ outcome }) => outcome !== 'ok' && outcome !== 'cancelled');
    const sent = ends
      .map(({ request }) => request.due.outgoing)
      .map(({ method, path, body }) => [method, path, String(body)]);
    return {
      input: JSON.stringify(sent),
      answers: ends.filter(({ outcome }) => outcome === 'ok').map(({ request }) => answerOf(own, request.due.step)),
      failure: failed === undefined ? null : explain(this.#plan, failed, this.#redactor),
      label,
    };
  }

  close(): void {
    this.#walk.close();
  }
}

/** The plan, with whole answers kept. */
function withAnswers(plan: Plan): Plan {
  let number = 0;
  const kept = (step: Step): Step => {
    const extract: Step['extract'] = {
      ...step.extract,
      [AS_JSON(number)]: { from: 'json', path: '$', otherwise: '' },
      [AS_TEXT(number)]: { from: 'regex', pattern: '^[\\s\\S]*$', group: 0, otherwise: '' },
    };
    number++;
    return { ...step, extract };
  };
  return { ...plan, scenarios: plan.scenarios.map((one) => ({ ...one, steps: one.steps.map(kept) })) };
}

function answerOf({ extracted }: IterationValues, step: number): unknown {
  const json = extracted[AS_JSON(step)];
  return json === '' ? extracted[AS_TEXT(step)] : json;
}
