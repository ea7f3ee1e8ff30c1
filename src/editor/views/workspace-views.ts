import type * as vscode from 'vscode';
import { PROFILE_ENDINGS } from '../../profile/read/formats.ts';
import type { ListedRun } from '../../report/run-entry.ts';
import { register } from '../commands/register.ts';
import { RunActions } from '../commands/run-actions.ts';
import { ComparisonDocuments } from '../comparison-documents.ts';
import { PLAN_NAME } from '../plan-files/plan-diagnostics.ts';
import type { RunController } from '../run-controller.ts';
import type { RunDocuments } from '../run-documents.ts';
import { FileTree } from './file-tree.ts';
import { RunsView } from './runs-view.ts';

const ENDINGS = PROFILE_ENDINGS.map((ending) => ending.replace('.', '\\.')).join('|');

/** The three views of the activity bar's container, and what can be done in them. */
export class WorkspaceViews implements vscode.Disposable {
  readonly #parts: readonly vscode.Disposable[];

  /** @param show opens a run, by its folder; throws where it cannot be read */
  constructor(controller: RunController, documents: RunDocuments, show: (folder: string) => Promise<void>) {
    const runs = new RunsView(controller);
    const comparisons = new ComparisonDocuments();
    const actions = new RunActions(runs.library, documents, comparisons, show);
    const onRuns = (name: string, action: (chosen: readonly ListedRun[]) => Promise<void>): vscode.Disposable =>
      register(`tailflame.${name}`, (item, items) => action(runs.chosen(item, items)));
    this.#parts = [
      runs,
      comparisons,
      new FileTree({
        view: 'tailflame.plans',
        pattern: '**/*.load.{yaml,yml}',
        ending: PLAN_NAME,
        icon: 'checklist',
        contextValue: 'plan',
        command: 'vscode.open',
        commandTitle: 'Open Plan',
      }),
      new FileTree({
        view: 'tailflame.profiles',
        pattern: `**/*.{${PROFILE_ENDINGS.join(',')}}`,
        ending: new RegExp(`\\.(${ENDINGS})$`),
        icon: 'graph',
        contextValue: 'profile',
        command: 'tailflame.openProfile',
        commandTitle: 'Open Profile',
      }),
      register('tailflame.holdRuns', () => runs.hold()),
      onRuns('openRun', async (chosen) => (runs.isHeld ? undefined : actions.open(chosen))),
      onRuns('nameRun', (chosen) => actions.name(chosen)),
      onRuns('pinRun', (chosen) => actions.pin(chosen, true)),
      onRuns('unpinRun', (chosen) => actions.pin(chosen, false)),
      onRuns('setBaseline', (chosen) => actions.setBaseline(chosen)),
      onRuns('clearBaseline', (chosen) => actions.clearBaseline(chosen)),
      onRuns('compareWithBaseline', (chosen) => actions.compareWithBaseline(chosen)),
      onRuns('compareRuns', (chosen) => actions.compare(chosen)),
      onRuns('compareRunWith', (chosen) => actions.compare(chosen.slice(0, 1))),
      onRuns('deleteRun', (chosen) => actions.delete(chosen)),
      onRuns('revealRun', (chosen) => actions.reveal(chosen)),
      onRuns('copyRunPath', (chosen) => actions.copyPath(chosen)),
    ];
  }

  dispose(): void {
    for (const part of this.#parts) part.dispose();
  }
}
