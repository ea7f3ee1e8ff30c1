import * as vscode from 'vscode';
import type { Plan } from '../../load/plan/plan.ts';
import { firstAddress } from '../../load/plan/plan-steps.ts';
import { type PlanEnd, type PlanRunner, workFolder } from '../plan-runner.ts';
import { askForPlan } from '../questions.ts';
import { RequestMemory } from '../request-memory.ts';

/**
 * *Load Test Endpoint…* and what else is asked of an endpoint.
 * @param asksLoad whether its plan needs a load @param send what is done with the plan @returns what came of it
 */
export async function loadTest<Result>(
  runner: PlanRunner,
  memory: vscode.Memento,
  asksLoad: boolean,
  send: (plan: Plan) => Promise<PlanEnd<Result>>,
): Promise<Result | undefined> {
  if (workFolder() === undefined || !runner.mayBegin()) return undefined;
  const asked = await askForPlan(memory, asksLoad);
  if (!asked) return undefined;
  const { plan, body } = asked;
  const end = await send(plan);
  if (end.kind === 'failed') void vscode.window.showErrorMessage(end.error.message);
  if (end.kind !== 'finished') return undefined;
  const { method } = plan.scenarios[0]!.steps[0]!;
  const { pathname } = new URL(firstAddress(plan));
  await new RequestMemory(memory).keep(method, pathname, { body, parameters: {}, taken: true });
  return end.result;
}
