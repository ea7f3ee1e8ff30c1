import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { parseRecordedTimes } from '../../load/arrivals/recorded-times.ts';
import { type Plan, PlanError } from '../../load/plan/plan.ts';
import { readPlan, withReplay } from '../../load/plan/read/plan-file.ts';
import type { RunRequest } from '../../runner/messages.ts';
import type { RunController } from '../run-controller.ts';
import { runPlan, workFolder } from './run-plan.ts';

/** Runs a plan file as it stands in its editor, saved or not. @returns the run's folder, undefined where there is none */
export async function loadTestPlan(
  controller: RunController,
  memory: vscode.Memento,
  uri: vscode.Uri,
  profile: RunRequest['profile'],
): Promise<string | undefined> {
  const cwd = workFolder();
  if (cwd === undefined) return undefined;
  let plan: Plan;
  try {
    plan = await planIn(uri);
  } catch (error) {
    const open = 'Open Plan';
    void vscode.window.showErrorMessage((error as Error).message, open).then((answer) => {
      if (answer === open) void vscode.window.showTextDocument(uri);
    });
    return undefined;
  }
  const end = await runPlan(controller, memory, plan, profile, cwd);
  if (end.kind === 'failed') void vscode.window.showErrorMessage(end.error.message);
  return end.kind === 'finished' ? end.folder : undefined;
}

/** Throws a `PlanError`. */
async function planIn(uri: vscode.Uri): Promise<Plan> {
  const text = (await vscode.workspace.openTextDocument(uri)).getText();
  const { plan, replay } = readPlan(text, uri.fsPath, process.env);
  if (replay === null) return plan;
  try {
    return withReplay(plan, replay, parseRecordedTimes(await readFile(replay.file, 'utf8'), replay.file, replay.speed));
  } catch (error) {
    if (error instanceof PlanError) throw error;
    throw new PlanError(`${replay.file} cannot be read: ${(error as Error).message}.`);
  }
}
