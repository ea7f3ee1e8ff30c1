import type { Plan, Scenario, Step } from './plan.ts';

/** All steps of the scenarios in order; a request's `step` is an index into them. */
export function allSteps(
  plan: Pick<Plan, 'scenarios'>,
): readonly { readonly scenario: Scenario; readonly step: Step }[] {
  return plan.scenarios.flatMap((scenario) => scenario.steps.map((step) => ({ scenario, step })));
}

export function hasStreams(plan: Pick<Plan, 'scenarios'>): boolean {
  return allSteps(plan).some(({ step }) => step.stream !== null);
}

/** By the index that requests know their step by. */
export function stepNames(plan: Pick<Plan, 'scenarios'>): string[] {
  return allSteps(plan).map(({ step }) => step.name);
}

/** The address of a plan's first step as it is written, for people. */
export function firstAddress(plan: Plan): string {
  const step = plan.scenarios[0]?.steps[0];
  return step === undefined || !URL.canParse(step.url, plan.target.url)
    ? plan.target.url
    : new URL(step.url, plan.target.url).href;
}
