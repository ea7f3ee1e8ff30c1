import * as vscode from 'vscode';
import { compareText } from '../report/compare-text.ts';
import { openRun } from '../runner/open-run.ts';
import { readLabel } from '../runs/run-label.ts';

const SCHEME = 'tailflame-compare';

/** Shows two runs beside each other as a read-only document. */
export class ComparisonDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    try {
      const [first, second] = JSON.parse(uri.query) as [string, string];
      return compareText(await compared(first), await compared(second), false).replace(/^\n+/, '');
    } catch (error) {
      return `${(error as Error).message}\n`;
    }
  }

  /** @param first a run's folder, absolute @param second the one that is held against it */
  async show(first: string, second: string): Promise<void> {
    const name = `${folderName(first)} and ${folderName(second)}`;
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}.txt`, query: JSON.stringify([first, second]) });
    const opened = await vscode.workspace.openTextDocument(uri);
    const document = await vscode.languages.setTextDocumentLanguage(opened, 'tailflame-run');
    await vscode.window.showTextDocument(document, { preview: true, viewColumn: vscode.ViewColumn.Beside });
  }

  dispose(): void {
    this.#registration.dispose();
  }
}

async function compared(folder: string): Promise<Parameters<typeof compareText>[0]> {
  const { document } = await openRun(folder);
  const { label } = await readLabel(folder);
  return { document, name: label.name };
}

function folderName(folder: string): string {
  return folder.split(/[\\/]/).at(-1) ?? folder;
}
