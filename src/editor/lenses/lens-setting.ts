import * as vscode from 'vscode';

/** Turns the lenses over routes and requests off. */
export const LENS_SETTING = 'tailflame.codeLens';

export function areLensesShown(): boolean {
  return vscode.workspace.getConfiguration().get<boolean>(LENS_SETTING, true);
}
