import { parseObjective } from '../../measure/objective.ts';
import { missingFor } from '../../measure/objective-needs.ts';
import { modelOf } from '../../model/load-model.ts';
import { knownNames } from '../nearest.ts';
import type { Plan } from '../plan.ts';
import { allSteps, stepNames } from '../plan-steps.ts';
import type { PlanDocument } from '../schema/plan-schema.ts';
import type { Fault } from './plan-fault.ts';

/** Objectives about a step, scenario, stage or tag that the plan does not have, about streams where nothing streams, and the like. */
export function objectiveFaults({ objectives = [] }: PlanDocument, plan: Plan, isReplay: boolean): Fault[] {
  return objectives.flatMap(({ objective, place }, at) => {
    const path = ['objectives', at, ...place.path];
    const parsed = parseObjective(objective);
    const faults = Object.entries(parsed.selector).flatMap(([key, value]): Fault[] => {
      const wrong = selectorFault(key, value, plan, isReplay);
      if (wrong === null) return [];
      const offset = objective.indexOf(wrong.text, objective.indexOf('{'));
      return [{ path, at: place.at, part: { text: wrong.text, offset }, message: wrong.message }];
    });
    const missing = faults.length > 0 ? null : missingFor(parsed, plan);
    return missing === null ? faults : [{ path, at: place.at, part: null, message: missing }];
  });
}

/** @returns the part of the selector that is wrong, and why */
function selectorFault(
  key: string,
  value: string,
  plan: Plan,
  isReplay: boolean,
): { text: string; message: string } | null {
  const names = { step: stepNames(plan), scenario: plan.scenarios.map(({ name }) => name), stage: stagesOf(plan) };
  const wrong = (text: string, message: string) => ({ text, message });
  if (key === 'stage' && isReplay) return wrong(value, 'A replay has no stages that an objective could be about.');
  if (key === 'step' || key === 'scenario' || key === 'stage') {
    const known = [...new Set(names[key])];
    return known.includes(value) ? null : wrong(value, `There is no ${key} "${value}"; ${knownNames(value, known)}`);
  }
  const tags = tagsOf(plan);
  const values = tags.get(key);
  if (values === undefined) {
    return wrong(key, `There is no tag "${key}"; ${knownNames(key, [...Object.keys(names), ...tags.keys()])}`);
  }
  return values.includes(value)
    ? null
    : wrong(value, `Nothing has the tag ${key} "${value}"; ${knownNames(value, values)}`);
}

function stagesOf({ load }: Plan): string[] {
  return load === null ? [] : modelOf(load).stages.map(({ name }) => name);
}

/** The values of each tag that some step has. */
function tagsOf(plan: Plan): Map<string, string[]> {
  const all = allSteps(plan).map(({ scenario, step }) => ({ ...plan.tags, ...scenario.tags, ...step.tags }));
  const tags = new Map<string, string[]>();
  for (const [name, value] of all.flatMap((own) => Object.entries(own))) {
    const values = tags.get(name) ?? [];
    if (!values.includes(value)) tags.set(name, [...values, value]);
  }
  return tags;
}
