import path from 'node:path';
import { listed } from '../nearest.ts';
import type { Plan } from '../plan.ts';
import { PlanError } from '../plan-error.ts';
import { readPlan } from '../read/plan-file.ts';
import { writePlan } from '../write/write-plan.ts';
import type { ImportedRequest } from './imported-request.ts';
import { planOf } from './plan-of.ts';

/** A plan that was made to be run at once, and not to be kept. */
export interface RunnablePlan {
  readonly plan: Plan;
  /** Of the plan's secrets those that stood in the requests, by their names. */
  readonly secretValues: Readonly<Record<string, string>>;
  /** What is sent otherwise than it was written: sentences. */
  readonly notes: readonly string[];
}

/**
 * The plan of requests with what they leave open taken from the environment. It is the plan that would be read from the file that would
 * be written of them. Throws a {@link PlanError} where something stays open, secrets aside.
 *
 * @param requests at least one
 * @param folder absolute; what files are relative to
 */
export function runnablePlan(
  requests: readonly ImportedRequest[],
  folder: string,
  environment: NodeJS.ProcessEnv,
): RunnablePlan {
  const filled = requests.map((request) => ({ ...request, variables: filledFrom(request.variables, environment) }));
  const { plan, secretValues, requestNotes, open } = planOf(filled, { folder });
  if (open.length > 0) {
    throw new PlanError(
      `${listed(open, 'and')} ${open.length === 1 ? 'has' : 'have'} no value: give it one where the request stands, or set the environment variable.`,
    );
  }
  const read = readPlan(writePlan(plan, { folder }), path.join(folder, 'requests.load.yaml'), environment);
  return { plan: read.plan, secretValues, notes: requestNotes };
}

/** The names of what requests leave open and the environment does not say either, secrets aside. Throws a {@link PlanError}. */
export function openVariables(
  requests: readonly ImportedRequest[],
  folder: string,
  environment: NodeJS.ProcessEnv,
): readonly string[] {
  return planOf(
    requests.map((request) => ({ ...request, variables: filledFrom(request.variables, environment) })),
    { folder },
  ).open;
}

function filledFrom(
  variables: ImportedRequest['variables'],
  environment: NodeJS.ProcessEnv,
): ImportedRequest['variables'] {
  return Object.fromEntries(
    Object.entries(variables).map(([name, otherwise]) => [name, environment[name] ?? otherwise]),
  );
}
