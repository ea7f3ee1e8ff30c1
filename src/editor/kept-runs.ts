import path from 'node:path';
import { runResultView } from '../report/run-result-view.ts';
import { openRun } from '../runner/open-run.ts';
import { listRuns, RUNS_FOLDER, readRunDocument } from '../runs/run-folder.ts';
import type { ResultSource } from './panels/result-panel.ts';
import type { RunResults } from './run-results.ts';

/** As many as a selector is good for. */
const MOST = 50;

/**
 * The workspace's runs, for the result panel.
 * @param root the workspace's folder; empty where there is none
 * @param findAgain looks for the slow lines of a run's folder anew
 */
export function keptRuns(
  root: () => string,
  results: RunResults,
  findAgain: (folder: string) => Promise<void>,
): ResultSource {
  return {
    root,
    runs: async () => {
      const folders = root() === '' ? [] : (await listRuns(root())).slice(0, MOST);
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
    view: async (run) => {
      const folders = root() === '' ? [] : await listRuns(root());
      const folder = folders.find((candidate) => path.basename(candidate) === run);
      return folder === undefined ? null : runResultView(await openRun(folder));
    },
    stretch: (run, from, to) => results.showStretch(path.join(root(), RUNS_FOLDER, run), from, to),
    findAgain: (run) => findAgain(path.join(root(), RUNS_FOLDER, run)),
    graph: (run, view) => results.showViewsOf(path.join(root(), RUNS_FOLDER, run), [view]),
  };
}
