import * as vscode from 'vscode';
import type { ListedRun } from '../../report/run-entry.ts';
import type { RunController } from '../run-controller.ts';
import { RunLibrary } from './run-library.ts';
import { RunMarks } from './run-marks.ts';
import { type RunItem, RunsTree } from './runs-tree.ts';

export const RUNS_VIEW = 'tailflame.runs';
const MINUTE_MS = 60_000;
/** What a key press sets off has come through by then. */
const HOLD_MS = 1000;

/** The view of runs: the tree, kept up to date while it is seen, and what is selected in it. */
export class RunsView implements vscode.Disposable {
  readonly library: RunLibrary;
  readonly #tree: RunsTree;
  readonly #view: vscode.TreeView<RunItem>;
  readonly #subscriptions: vscode.Disposable[];
  #measuring = false;
  #clock: NodeJS.Timeout | null = null;
  #heldUntil = 0;

  constructor(controller: RunController) {
    const folders = (): string[] => (vscode.workspace.workspaceFolders ?? []).map(({ uri }) => uri.fsPath);
    this.library = new RunLibrary(folders);
    this.#tree = new RunsTree(
      () => this.library.runs(),
      () => controller,
    );
    this.#view = vscode.window.createTreeView(RUNS_VIEW, { treeDataProvider: this.#tree, canSelectMany: true });
    this.#subscriptions = [
      this.library,
      this.#tree,
      this.#view,
      new RunMarks(),
      this.library.onDidChange(() => this.#tree.refresh()),
      controller.onDidChange(() => this.#follow(controller)),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.library.refresh()),
      this.#view.onDidChangeVisibility(({ visible }) => this.#setClock(visible)),
    ];
    this.#setClock(this.#view.visible);
  }

  /** The runs that are meant by a command: those it was called on, else those selected. */
  chosen(item: unknown, items: unknown): ListedRun[] {
    const given = Array.isArray(items) ? (items as RunItem[]) : [];
    const called = isItem(item) ? [item] : this.#view.selection;
    return (given.length > 0 ? given : called).flatMap((chosen) => (chosen.kind === 'run' ? [chosen.run] : []));
  }

  /**
   * Until a moment later no run opens. VS Code tells an extension what is selected and not what has the keyboard's focus, so a key selects
   * that first, and selecting opens.
   */
  hold(): void {
    this.#heldUntil = performance.now() + HOLD_MS;
  }

  get isHeld(): boolean {
    return performance.now() < this.#heldUntil;
  }

  dispose(): void {
    this.#setClock(false);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #follow({ state }: RunController): void {
    const measuring = state.kind === 'starting' || state.kind === 'running';
    if (measuring && this.#measuring) {
      if (this.#view.visible) this.#tree.refreshLive();
      return;
    }
    this.#measuring = measuring;
    if (measuring) this.#tree.refresh();
    // What a search tells is of no entry here, and its runs are seen as they come and go.
    else if (state.kind !== 'asking') this.library.refresh();
  }

  /** `3 min ago` grows old by itself. */
  #setClock(visible: boolean): void {
    if (this.#clock) clearInterval(this.#clock);
    this.#clock = visible ? setInterval(() => this.#tree.refresh(), MINUTE_MS) : null;
    if (visible) this.#tree.refresh();
  }
}

function isItem(item: unknown): item is RunItem {
  return typeof item === 'object' && item !== null && 'kind' in item;
}
