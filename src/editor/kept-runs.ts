import path from 'node:path';
import * as vscode from 'vscode';
import { runResultView } from '../report/run-result-view.ts';
import { openRun } from '../runner/opened/open-run.ts';
import { baseOfRun, listRuns, readRunDocument } from '../runs/run-folder.ts';
import type { ResultSource } from './panels/result-panel.ts';
import type { RunResults } from './run-results.ts';

/** As many as a selector is good for. */
const MOST = 50;

/** A kept run's folder by its name, in whichever folder of the workspace; null where it is gone. */
export async function findRun(name: string): Promise<string | null> {
  for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
    const found = (await listRuns(uri.fsPath)).find((folder) => path.basename(folder) === name);
    if (found !== undefined) return found;
  }
  return null;
}

/**
 * The workspace's runs, for the result panel.
 * @param findAgain looks for the slow lines of a run's folder anew
 */
export function keptRuns(results: RunResults, findAgain: (folder: string) => Promise<void>): ResultSource {
  return {
    find: findRun,
    runs: async (beside) => {
      const folders = (await listRuns(baseOfRun(beside))).slice(0, MOST);
      const choices = folders.map(async (folder) => {
        // One that cannot be read is of no use under another.
        const document = await readRunDocument(folder).catch(() => null);
        if (document === null || document.state === 'running') return [];
        const name = path.basename(folder);
        const when = new Date(document.startedAt).toLocaleString();
        return [{ name, label: `${when} · ${document.verdict.sentence}` }];
      });
      return (await Promise.all(choices)).flat();
    },
    view: async (folder) => {
      const kept = await listRuns(baseOfRun(folder));
      return kept.includes(folder) ? runResultView(await openRun(folder)) : null;
    },
    stretch: (folder, from, to) => results.showStretch(folder, from, to),
    findAgain,
    graph: (folder, view) => results.showViewsOf(folder, [view]),
  };
}
