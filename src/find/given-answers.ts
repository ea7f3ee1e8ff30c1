import { SingleWalk } from '../load/generate/single-walk.ts';
import { originsOf, resolveHosts } from '../load/http/origins.ts';
import { checkPlan } from '../load/plan/check-plan.ts';
import { hasStreams, type Plan, PlanError, type Step } from '../load/plan/plan.ts';
import { explain } from '../load/preflight.ts';
import { PlanValues } from '../load/scenario/plan-values.ts';
import { ScenarioMix } from '../load/scenario/prepared-scenario.ts';
import { compileTemplate, renderText } from '../load/scenario/template.ts';
import type { IterationValues } from '../load/scenario/values.ts';
import { setUp } from '../load/set-up.ts';
import type { RunRequest } from '../runner/messages.ts';
import { requirePermission } from '../runner/permission.ts';

/** What one walk through a scenario was answered. */
export interface GivenAnswer {
  /** Of each step that was answered, in order: the JSON, or the text of what is none. */
  readonly answers: readonly unknown[];
  /** What went wrong; null where every step went well. */
  readonly failure: string | null;
  /** What is expected, from the plan's data; null where nothing was asked for. */
  readonly label: string | null;
}

/** What a step's answer is kept as, by its number in the plan: JSON, else text. */
const AS_JSON = (step: number): string => `tailflame: answer of step ${step} as JSON`;
const AS_TEXT = (step: number): string => `tailflame: answer of step ${step} as text`;

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

/**
 * What a build answers to the first `count` inputs of its plan, one after the other. Rejects with a `PlanError`, and a `PreflightError` of a
 * set-up that failed.
 * @param label a name that the plan's templates know, such as `rows.label`
 */
export async function givenAnswers(
  { plan: given, secrets, allowRemote }: RunRequest,
  count: number,
  label: string | null,
  signal: AbortSignal,
): Promise<GivenAnswer[]> {
  if (hasStreams(given)) throw new PlanError('Answers that stream are not compared: leave --answers away.');
  const plan = checkPlan(withAnswers(given));
  const origins = originsOf(plan);
  await requirePermission(origins, plan.target.socket, allowRemote);
  const addresses = await resolveHosts(plan.target.socket === null ? origins : []);
  const values = new PlanValues({ plan, secrets, values: {}, allowed: allowRemote });
  const expected = label === null ? null : compileTemplate(`\${${label}}`);
  const walk = new SingleWalk(plan, addresses, (origin) => values.requireOrigin(origin));
  try {
    const done = await setUp(plan, walk, values, signal);
    if (done !== null) values.learn(done.values);
    const { scenarios } = new ScenarioMix(plan);
    const answers: GivenAnswer[] = [];
    for (let index = 0; index < count; index++) {
      const own = values.of(index, 1, true);
      const ends = await walk.walk(scenarios[index % scenarios.length]!, own, signal);
      const failed = ends.find(({ outcome }) => outcome !== 'ok' && outcome !== 'cancelled');
      answers.push({
        answers: ends.filter(({ outcome }) => outcome === 'ok').map(({ request }) => answerOf(own, request.due.step)),
        failure: failed === undefined ? null : explain(plan, failed),
        label: expected === null ? null : renderText(expected, own),
      });
    }
    return answers;
  } finally {
    walk.close();
  }
}

function answerOf({ extracted }: IterationValues, step: number): unknown {
  const json = extracted[AS_JSON(step)];
  return json === '' ? extracted[AS_TEXT(step)] : json;
}
