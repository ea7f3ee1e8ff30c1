import * as vscode from 'vscode';

/** Why a file could not be read, as the end of a sentence. @param error of `vscode.workspace.fs` */
export function fileFault(error: unknown): string {
  if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') return 'there is no such file.';
  return error instanceof Error ? error.message : String(error);
}
