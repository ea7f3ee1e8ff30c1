import * as vscode from 'vscode';
import { loadTest } from './editor/commands/load-test.ts';
import { RunController } from './editor/run-controller.ts';
import { RunDocuments } from './editor/run-documents.ts';
import { StatusBar } from './editor/status-bar.ts';
import { listRuns } from './runs/run-folder.ts';

/** Builds the parts once and hands them to each other. */
export function activate(context: vscode.ExtensionContext): void {
  const controller = new RunController(__dirname);
  const documents = new RunDocuments();
  const memory = context.workspaceState;
  const command = (name: string, action: () => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(`tailflame.${name}`, action);

  context.subscriptions.push(
    controller,
    documents,
    new StatusBar(controller),
    command('loadTest', async () => {
      const folder = await loadTest(controller, memory, 'off');
      if (folder) await documents.show(folder);
      return folder;
    }),
    command('findSlowLines', async () => {
      const folder = await loadTest(controller, memory, 'auto');
      if (folder) await documents.show(folder);
      return folder;
    }),
    command('stop', () => controller.stop()),
    command('showLastRun', () => showLastRun(documents)),
  );
}

async function showLastRun(documents: RunDocuments): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  const [last] = folder ? await listRuns(folder.uri.fsPath) : [];
  if (last) await documents.show(last);
  else void vscode.window.showInformationMessage('No run is kept in this folder yet.');
}
