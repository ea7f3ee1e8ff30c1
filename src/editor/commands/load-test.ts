import * as vscode from 'vscode';
import { firstAddress } from '../../load/plan/plan.ts';
import type { RunRequest } from '../../runner/messages.ts';
import { askForPlan } from '../questions.ts';
import { RequestMemory } from '../request-memory.ts';
import type { RunController } from '../run-controller.ts';
import { runPlan, workFolder } from './run-plan.ts';

/** *Load Test Endpoint…* and, with `profile`, *Find Slow Lines…*. @returns the run's folder, undefined where there is none */
export async function loadTest(
  controller: RunController,
  memory: vscode.Memento,
  profile: RunRequest['profile'],
): Promise<string | undefined> {
  const cwd = workFolder();
  if (cwd === undefined) return undefined;
  const asked = await askForPlan(memory);
  if (!asked) return undefined;
  const { plan, body } = asked;
  const end = await runPlan(controller, memory, plan, profile, cwd);
  if (end.kind === 'failed') void vscode.window.showErrorMessage(end.error.message);
  if (end.kind !== 'finished') return undefined;
  const { method } = plan.scenarios[0]!.steps[0]!;
  const { pathname } = new URL(firstAddress(plan));
  await new RequestMemory(memory).keep(method, pathname, { body, parameters: {}, taken: true });
  return end.folder;
}
