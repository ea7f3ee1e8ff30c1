import * as vscode from 'vscode';
import { runText } from '../report/run-text.ts';
import { openRun } from '../runner/opened/open-run.ts';

const SCHEME = 'tailflame-run';

/** Shows a run's result as a read-only document, the same text as the command line prints. */
export class RunDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    try {
      const { document } = await openRun(uri.query);
      return runText(document, false).trimStart();
    } catch (error) {
      return `${(error as Error).message}\n`;
    }
  }

  async show(folder: string): Promise<void> {
    const name = folder.split(/[\\/]/).at(-1) ?? 'run';
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}.txt`, query: folder });
    const opened = await vscode.workspace.openTextDocument(uri);
    const document = await vscode.languages.setTextDocumentLanguage(opened, 'tailflame-run');
    await vscode.window.showTextDocument(document, { preview: true, viewColumn: vscode.ViewColumn.Active });
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
