import path from 'node:path';
import * as vscode from 'vscode';

/**
 * Opens a file at a line where it is open already, or in the column beside the panel that names it, so that the panel stays in sight.
 * @param root what a relative path starts from @param line 1-based @param column 1-based, 0 unknown
 */
export async function openSource(
  root: string,
  { file, line, column }: { readonly file: string; readonly line: number; readonly column: number },
  panel: vscode.ViewColumn | undefined,
): Promise<void> {
  const uri = vscode.Uri.file(path.resolve(root, file));
  try {
    const document = await vscode.workspace.openTextDocument(uri);
    const position = new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1));
    const open = vscode.window.visibleTextEditors.find((editor) => editor.document === document)?.viewColumn;
    const beside = panel === vscode.ViewColumn.One ? vscode.ViewColumn.Two : vscode.ViewColumn.One;
    await vscode.window.showTextDocument(document, {
      viewColumn: open ?? beside,
      selection: new vscode.Range(position, position),
      preview: true,
    });
  } catch {
    void vscode.window.showWarningMessage(`${file} is not on this machine, so it cannot be opened.`);
  }
}
