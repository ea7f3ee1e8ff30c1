import path from 'node:path';
import * as vscode from 'vscode';
import type { ReadAgain } from '../../find/plan-setting.ts';
import { parseRecordedTimes } from '../../load/arrivals/recorded-times.ts';
import type { Plan } from '../../load/plan/plan.ts';
import { PlanError } from '../../load/plan/plan-error.ts';
import { readPlan, withReplay } from '../../load/plan/read/plan-file.ts';
import { fileFault } from '../file-fault.ts';
import { PLAN_NAME, type PlanDiagnostics } from './plan-diagnostics.ts';

/** The plan of the file given, else of the one that is edited. What is wrong with it is shown where it is, and thrown as a {@link PlanError}. */
export async function planAtHand(given: unknown, diagnostics: PlanDiagnostics): Promise<Plan> {
  return (await planFileAtHand(given, diagnostics)).plan;
}

/** The same, with what reads its text again, with other values in it. */
export async function planFileAtHand(
  given: unknown,
  diagnostics: PlanDiagnostics,
): Promise<{ plan: Plan; read: ReadAgain }> {
  const document =
    given instanceof vscode.Uri
      ? await vscode.workspace.openTextDocument(given)
      : vscode.window.activeTextEditor?.document;
  if (document === undefined || !PLAN_NAME.test(document.uri.path)) {
    throw new PlanError('Open a load plan first: a file such as checkout.load.yaml.');
  }
  const [fault] = diagnostics.check(document);
  if (fault !== undefined) {
    const place = new vscode.Position(fault.line - 1, fault.column - 1);
    await vscode.window.showTextDocument(document, { selection: new vscode.Range(place, place) });
    throw new PlanError(`${path.basename(document.uri.fsPath)}:${fault.line}: ${fault.message}`);
  }
  const text = document.getText();
  const read: ReadAgain = async ({ environment, change }) => {
    const { plan, replay } = readPlan(change === null ? text : change(text), document.uri.fsPath, environment);
    if (replay === null) return plan;
    const times = parseRecordedTimes(await textOf(vscode.Uri.file(replay.file)), replay.file, replay.speed);
    return withReplay(plan, replay, times);
  };
  return { plan: await read({ environment: process.env, change: null }), read };
}

async function textOf(uri: vscode.Uri): Promise<string> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri));
  } catch (error) {
    throw new PlanError(`${uri.fsPath} cannot be read: ${fileFault(error)}`);
  }
}
