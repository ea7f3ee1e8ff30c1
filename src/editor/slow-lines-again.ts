import * as vscode from 'vscode';
import { steadyUsers } from '../load/model/closed-load.ts';
import { steadyRate } from '../load/model/open-load.ts';
import { lacksSecrets } from '../load/plan/redaction.ts';
import { openRun } from '../runner/opened/open-run.ts';
import type { PlanRunner } from './plan-runner.ts';

/**
 * Looks for the slow lines of a kept run again, under the load at which they may be told. Throws where the run cannot be read.
 * @param folder of a run that says such a load
 * @returns the folder of the new run; undefined where there is none, and it was said why
 */
export async function slowLinesAgain(runner: PlanRunner, folder: string): Promise<string | undefined> {
  const { document, plan } = await openRun(folder);
  const { findingsLoad } = document;
  if (findingsLoad === undefined) return undefined;
  if (lacksSecrets(plan)) {
    void vscode.window.showWarningMessage(
      'Secrets of this plan are not kept with its run. Find its slow lines from where it was run, with that load.',
    );
    return undefined;
  }
  const { rate, users, seconds } = findingsLoad;
  const duration = seconds * 1000;
  const load = users === null ? steadyRate(rate!, duration) : steadyUsers(users, duration);
  const end = await runner.run({ ...plan, load, duration }, 'auto');
  if (end.kind === 'failed') void vscode.window.showErrorMessage(end.error.message);
  return end.kind === 'finished' ? end.result : undefined;
}
