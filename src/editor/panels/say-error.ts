import * as vscode from 'vscode';

/** Says what went wrong with what a person did in a panel's page, which waits for no answer. */
export function sayError(error: unknown): void {
  void vscode.window.showErrorMessage(error instanceof Error ? error.message : String(error));
}
