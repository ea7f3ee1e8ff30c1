import * as vscode from 'vscode';
import { sayError } from './say-error.ts';

/**
 * Asks where, and writes a file there; says so where it cannot be written.
 * @param name without its extension @param kind what the files are called @param make what is written, made only if it is wanted
 */
export async function saveFile(
  name: string,
  extension: string,
  kind: string,
  make: () => Promise<string | Buffer>,
): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const target = await vscode.window.showSaveDialog({
    ...(folder ? { defaultUri: vscode.Uri.joinPath(folder, `${name}.${extension}`) } : {}),
    filters: { [kind]: [extension] },
  });
  if (!target) return;
  try {
    await vscode.workspace.fs.writeFile(target, Buffer.from(await make()));
  } catch (error) {
    sayError(error);
  }
}
