import * as vscode from 'vscode';
import { firstAddress } from '../../load/plan/plan.ts';
import type { RunRequest } from '../../runner/messages.ts';
import { type PlanRunner, workFolder } from '../plan-runner.ts';
import { askForPlan } from '../questions.ts';
import { RequestMemory } from '../request-memory.ts';

/** *Load Test Endpoint…* and, with `profile`, *Find Slow Lines…*. @returns the run's folder, undefined where there is none */
export async function loadTest(
  runner: PlanRunner,
  memory: vscode.Memento,
  profile: RunRequest['profile'],
): Promise<string | undefined> {
  if (workFolder() === undefined) return undefined;
  const asked = await askForPlan(memory);
  if (!asked) return undefined;
  const { plan, body } = asked;
  const end = await runner.run(plan, profile);
  if (end.kind === 'failed') void vscode.window.showErrorMessage(end.error.message);
  if (end.kind !== 'finished') return undefined;
  const { method } = plan.scenarios[0]!.steps[0]!;
  const { pathname } = new URL(firstAddress(plan));
  await new RequestMemory(memory).keep(method, pathname, { body, parameters: {}, taken: true });
  return end.folder;
}
