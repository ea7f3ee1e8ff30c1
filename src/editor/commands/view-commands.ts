import * as vscode from 'vscode';
import { type RequestKind, readView, type View } from '../../correlate/views/view.ts';
import { parseDuration } from '../../load/plan/duration.ts';
import type { ListedView } from '../../report/listed-views.ts';
import type { ViewGraph } from '../../report/view-graph.ts';
import { againstName } from '../../runner/opened/open-view.ts';
import { baseOfRun, listRuns, readRunDocument } from '../../runs/run-folder.ts';
import { readLabel } from '../../runs/run-label.ts';
import type { FlamegraphPanel } from '../panels/flamegraph-panel.ts';
import type { RunResults } from '../run-results.ts';
import { register } from './register.ts';

/** What views slower than a time are asked for by. */
const OVER: Readonly<Partial<Record<RequestKind, string>>> = {
  slow: 'Requests slower than…',
  'first-token': 'First tokens slower than…',
  gap: 'Gaps in streams longer than…',
};
const MOST_RUNS = 50;

/** What a person does with the views of the flame graph, from its bar or the palette. */
export class ViewCommands implements vscode.Disposable {
  readonly #results: RunResults;
  readonly #subscriptions: vscode.Disposable[];

  constructor(results: RunResults, panel: FlamegraphPanel) {
    this.#results = results;
    const actions = {
      new: () => this.#new(),
      save: () => this.#save(),
      rename: () => this.#rename(),
      remove: () => this.#remove(),
    };
    const told = (action: () => Promise<void>): Promise<void> =>
      action().catch((error: Error) => void vscode.window.showErrorMessage(error.message));
    this.#subscriptions = [
      panel.onDidAct((action) => told(actions[action])),
      // Links say which one they mean.
      register('tailflame.showView', (given) => told(() => this.#show(given))),
      ...Object.entries(actions).map(([name, action]) => register(`tailflame.${name}View`, () => told(action))),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async #show(given: unknown): Promise<void> {
    const view = readView(given);
    await (typeof view === 'string' ? this.#choose() : this.#results.showViews([view]));
  }

  async #choose(): Promise<void> {
    const { graph } = this.#results;
    if (graph === null) return say('There is no flame graph yet: show a run that was profiled first.');
    const items = graph.views.flatMap((view, index, views) => {
      const item = { label: view.name, description: view.id === graph.shown?.id ? 'shown' : '', view };
      if (views[index - 1]?.group === view.group) return [item];
      return [{ label: view.group, kind: vscode.QuickPickItemKind.Separator, view }, item];
    });
    const chosen = await vscode.window.showQuickPick(items, { title: 'View' });
    if (chosen) await this.#results.show(chosen.view);
  }

  async #new(): Promise<void> {
    const { graph } = this.#results;
    if (!graph?.run) return say('Views are made of runs: show a run that was profiled first.');
    const own = Object.entries(OVER).filter(([kind]) => graph.views.some(({ view }) => view.kind === kind));
    const choices = [
      ...own.map(([kind, label]) => ({ label, ask: () => askOver(kind as RequestKind, label) })),
      ...(graph.material.profile.hasTime ? [{ label: 'A stretch of time…', ask: () => askStretch(graph) }] : []),
      { label: 'The difference from another run…', ask: () => this.#askAgainst(graph) },
    ];
    const chosen = await vscode.window.showQuickPick(choices, { title: 'New View' });
    const view = await chosen?.ask();
    if (view) await this.#results.showViews([view]);
  }

  async #save(): Promise<void> {
    const { graph } = this.#results;
    if (!graph?.canSave)
      return say('Save View keeps a view that was made by hand: a stretch of time, a difference, a limit of its own.');
    const name = await askName('Save View', graph.shown?.name ?? '');
    if (name !== undefined) await this.#results.show(await graph.save(name));
  }

  async #rename(): Promise<void> {
    const shown = this.#savedOne();
    if (shown === null) return;
    const name = await askName('Rename View', shown.entry.name);
    if (name !== undefined) await this.#results.show(await shown.graph.rename(name));
  }

  async #remove(): Promise<void> {
    const shown = this.#savedOne();
    if (shown === null) return;
    await this.#results.show(await shown.graph.remove());
    say(`${shown.entry.name} is no longer saved.`);
  }

  #savedOne(): { graph: ViewGraph; entry: ListedView } | null {
    const { graph } = this.#results;
    const entry = graph?.shown;
    if (graph && entry?.isSaved) return { graph, entry };
    say('Choose a saved view in the flame graph first.');
    return null;
  }

  async #askAgainst(graph: ViewGraph): Promise<View | undefined> {
    const { folder } = graph.run!;
    const folders = (await listRuns(baseOfRun(folder))).filter((other) => other !== folder).slice(0, MOST_RUNS);
    const runs = await Promise.all(folders.map(describedRun));
    const profiled = runs.filter((run) => run !== null);
    if (profiled.length === 0) {
      say('No other run with a profile is kept in this folder.');
      return undefined;
    }
    const chosen = await vscode.window.showQuickPick(profiled, { title: 'Difference From', matchOnDescription: true });
    return chosen && { kind: 'difference', against: await againstName(folder, chosen.folder) };
  }
}

/** A run to be held against another; null where it cannot be. */
async function describedRun(
  folder: string,
): Promise<{ label: string; description: string; detail: string; folder: string } | null> {
  const document = await readRunDocument(folder).catch(() => null);
  if (document === null || document.state === 'running' || document.profile === null) return null;
  const { label } = await readLabel(folder);
  return {
    label: label.name ?? document.target.url,
    description: `${new Date(document.startedAt).toLocaleString()}${label.baseline ? ' · baseline' : ''}`,
    detail: document.verdict.sentence,
    folder,
  };
}

async function askOver(kind: RequestKind, title: string): Promise<View | undefined> {
  const text = await vscode.window.showInputBox({
    title: title.replace('…', ''),
    prompt: 'A time such as 250ms or 1.5s',
    validateInput: (value) => (parseDuration(value) === null ? 'A time such as 250ms or 1.5s' : undefined),
  });
  const over = text === undefined ? null : parseDuration(text);
  return over === null ? undefined : { kind, over };
}

async function askStretch(graph: ViewGraph): Promise<View | undefined> {
  const wanted = 'From and to, such as 12s to 15s, as the result panel counts';
  const text = await vscode.window.showInputBox({
    title: 'Stretch of Time',
    prompt: wanted,
    validateInput: (value) => (stretchIn(value) === null ? wanted : undefined),
  });
  const ends = text === undefined ? null : stretchIn(text);
  if (ends === null) return undefined;
  return { kind: 'all', from: graph.origin + ends.from, to: graph.origin + ends.to };
}

function stretchIn(text: string): { from: number; to: number } | null {
  const [from, to, ...more] = text.split(/\s*(?:to|–|-)\s*/).map(parseDuration);
  if (from === undefined || from === null || to === undefined || to === null || more.length > 0) return null;
  return to > from ? { from, to } : null;
}

async function askName(title: string, value: string): Promise<string | undefined> {
  return vscode.window.showInputBox({ title, prompt: 'A name, kept with the run', value });
}

function say(text: string): void {
  void vscode.window.showInformationMessage(text);
}
