import * as vscode from 'vscode';

/** Whether lenses stand above routes, requests and plans. */
export const LENS_SETTING = 'tailflame.codeLens';

export function areLensesShown(): boolean {
  return vscode.workspace.getConfiguration().get<boolean>(LENS_SETTING, true);
}
