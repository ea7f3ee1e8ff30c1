import * as vscode from 'vscode';
import { PlanError } from '../../load/plan/plan-error.ts';

/** Says what is wrong with what people gave; all else goes on as it is. */
export async function said<T>(action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof PlanError)) throw error;
    void vscode.window.showErrorMessage(error.message);
    return undefined;
  }
}
