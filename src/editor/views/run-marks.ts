import * as vscode from 'vscode';
import type { ListedRun } from '../../report/run-entry.ts';

const SCHEME = 'tailflame-marks';

/** What a tree's item goes by that carries marks: VS Code shows them at the end of its line. Null where it has none. */
export function marksUri({ folder, label, summary }: ListedRun): vscode.Uri | null {
  if (!label.baseline && !label.pinned) return null;
  const marks = { baseline: label.baseline ? (summary?.target ?? folder) : null, pinned: label.pinned };
  return vscode.Uri.from({
    scheme: SCHEME,
    path: folder.startsWith('/') ? folder : `/${folder}`,
    query: JSON.stringify(marks),
  });
}

/** Draws the marks of baselines and pinned runs. */
export class RunMarks implements vscode.FileDecorationProvider, vscode.Disposable {
  readonly #registration = vscode.window.registerFileDecorationProvider(this);

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    if (uri.scheme !== SCHEME) return undefined;
    const { baseline, pinned } = JSON.parse(uri.query) as { baseline: string | null; pinned: boolean };
    const badge = `${baseline === null ? '' : '⚑'}${pinned ? '▴' : ''}`;
    const said = [...(baseline === null ? [] : [`Baseline of ${baseline}`]), ...(pinned ? ['Pinned'] : [])];
    return new vscode.FileDecoration(badge, said.join(', '));
  }

  dispose(): void {
    this.#registration.dispose();
  }
}
