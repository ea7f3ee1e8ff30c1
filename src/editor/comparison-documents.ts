import path from 'node:path';
import * as vscode from 'vscode';
import { type ComparedRun, compareText } from '../report/compare-text.ts';
import { comparisonDocument } from '../report/comparison-document.ts';
import { comparisonText } from '../report/comparison-text.ts';
import { openSides } from '../runner/opened/open-sides.ts';
import type { RunDocument } from '../runs/run-document.ts';
import { baseOfRun } from '../runs/run-folder.ts';
import { readLabel } from '../runs/run-label.ts';

const SCHEME = 'tailflame-compare';

/** Shows runs held against each other as a read-only document. */
export class ComparisonDocuments implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #registration = vscode.workspace.registerTextDocumentContentProvider(SCHEME, this);

  async provideTextDocumentContent(uri: vscode.Uri): Promise<string> {
    try {
      const [first, second] = JSON.parse(uri.query) as [string[], string[]];
      return (await textOf(first, second)).replace(/^\n+/, '');
    } catch (error) {
      return `${(error as Error).message}\n`;
    }
  }

  /** @param first folders of runs, absolute @param second those that are held against them */
  async show(first: readonly string[], second: readonly string[]): Promise<void> {
    const name = `${sideName(first)} and ${sideName(second)}`;
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}.txt`, query: JSON.stringify([first, second]) });
    const opened = await vscode.workspace.openTextDocument(uri);
    const document = await vscode.languages.setTextDocumentLanguage(opened, 'tailflame-run');
    await vscode.window.showTextDocument(document, { preview: true, viewColumn: vscode.ViewColumn.Beside });
  }

  dispose(): void {
    this.#registration.dispose();
  }
}

async function textOf(folders: readonly string[], others: readonly string[]): Promise<string> {
  const { first, second, code } = await openSides(folders, others);
  const root = baseOfRun(folders[0]!);
  if (first.length > 1 || second.length > 1)
    return comparisonText(comparisonDocument(first, second, code), root, false);
  const named = async (document: RunDocument, folder: string): Promise<ComparedRun> => {
    const { label } = await readLabel(folder);
    return { document, name: label.name };
  };
  return compareText(await named(first[0]!, folders[0]!), await named(second[0]!, others[0]!), code, root, false);
}

function sideName(folders: readonly string[]): string {
  return folders.length === 1 ? path.basename(folders[0]!) : `${folders.length} runs`;
}
