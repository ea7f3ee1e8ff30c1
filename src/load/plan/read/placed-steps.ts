import type { PlanDocument, ScenarioDocument } from '../schema/plan-schema.ts';
import { METHOD_KEYS, type StepDocument } from '../schema/step-schema.ts';
import { uniqueNames } from '../step-names.ts';
import type { Fault } from './plan-fault.ts';

/** A step with the keys that lead to it. */
export interface PlacedStep {
  readonly step: StepDocument;
  readonly path: readonly PropertyKey[];
}

/** A scenario of a document, named. */
export interface PlacedScenario extends Pick<ScenarioDocument, 'weight' | 'tags'> {
  readonly name: string;
  readonly path: readonly PropertyKey[];
  readonly steps: readonly PlacedStep[];
}

/** The scenario of a plan that just has steps. */
export const ONLY_SCENARIO = 'main';

/** In their order; none where the target stands for all there is. */
export function placedScenarios({ steps, scenarios = [] }: PlanDocument): PlacedScenario[] {
  if (steps !== undefined) return [{ name: ONLY_SCENARIO, path: [], steps: placed(steps, ['steps']) }];
  return scenarios.map(({ name, steps, ...scenario }, at) => ({
    ...scenario,
    name: name ?? `scenario ${at + 1}`,
    path: ['scenarios', at],
    steps: placed(steps, ['scenarios', at, 'steps']),
  }));
}

export function placedSetup({ setup }: PlanDocument): PlacedStep[] {
  return placed(setup?.steps ?? [], ['setup', 'steps']);
}

function placed(steps: readonly StepDocument[], path: readonly PropertyKey[]): PlacedStep[] {
  return steps.map((step, at) => ({ step, path: [...path, at] }));
}

/** Those of the set-up come last, so that their names give way to the others'. */
function everyStep(document: PlanDocument): PlacedStep[] {
  return [...placedScenarios(document).flatMap(({ steps }) => steps), ...placedSetup(document)];
}

/** What each step of a document is called. @param targetUrl with the values of the environment */
export function namesOfSteps(document: PlanDocument, targetUrl: string): ReadonlyMap<StepDocument, string> {
  const steps = everyStep(document).map(({ step }) => step);
  const named = steps.map((step) => ({ name: step.name ?? null, method: methodOf(step), url: step[methodOf(step)]! }));
  const names = uniqueNames(named, targetUrl);
  return new Map(steps.map((step, at) => [step, names[at]!]));
}

export function methodOf(step: StepDocument): (typeof METHOD_KEYS)[number] {
  return METHOD_KEYS.find((key) => step[key] !== undefined)!;
}

/** Names by which two steps or two scenarios go. */
export function nameFaults(document: PlanDocument): Fault[] {
  const steps = everyStep(document).map(({ step: { name }, path }) => ({ name, path }));
  return [...repeated(steps, 'step'), ...repeated(placedScenarios(document), 'scenario')];
}

function repeated(
  all: readonly { readonly name: string | undefined; readonly path: readonly PropertyKey[] }[],
  what: string,
): Fault[] {
  const named = all.filter(({ name }) => name !== undefined);
  return named
    .filter(({ name }, at) => named.findIndex((other) => other.name === name) < at)
    .map(({ name, path }) => ({
      path: [...path, 'name'],
      at: 'value',
      part: null,
      message: `There is another ${what} named "${name}": give each a name of its own.`,
    }));
}
