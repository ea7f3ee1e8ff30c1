import * as vscode from 'vscode';
import { ago } from '../../report/ago.ts';
import {
  type ListedRun,
  liveNote,
  type RunKind,
  runHover,
  runKind,
  runName,
  runNote,
  spokenRun,
} from '../../report/run-entry.ts';
import { gathered, isSearch, type SearchRuns } from '../../report/search-runs.ts';
import type { RunState } from '../run-controller.ts';
import { marksUri } from './run-marks.ts';

/** What stands in the tree: a run on the disk, those that one search made, or the one that this window measures. */
export type RunItem =
  | { readonly kind: 'run'; readonly run: ListedRun }
  | { readonly kind: 'search'; readonly search: SearchRuns }
  | { readonly kind: 'live' };

/** The run this window measures, as far as the tree wants to know. */
export interface LiveRun {
  readonly state: RunState;
  /** Null before it has one. */
  readonly folder: string | null;
}

/** What is under way does not turn, as in the status bar. */
const ICONS: Readonly<Record<RunKind, readonly [icon: string, colour: string | null]>> = {
  passed: ['pass', 'testing.iconPassed'],
  failed: ['error', 'testing.iconFailed'],
  void: ['warning', 'list.warningForeground'],
  inconclusive: ['question', 'list.warningForeground'],
  measured: ['flame', null],
  interrupted: ['debug-stop', null],
  'under way': ['pulse', null],
  broken: ['bracket-error', 'list.errorForeground'],
};
const LIVE: RunItem = { kind: 'live' };

/** The runs of a workspace: the one being measured, then pinned ones, then the others. */
export class RunsTree implements vscode.TreeDataProvider<RunItem>, vscode.Disposable {
  readonly #runs: () => Promise<readonly ListedRun[]>;
  readonly #live: () => LiveRun;
  readonly #changed = new vscode.EventEmitter<RunItem | undefined>();
  readonly onDidChangeTreeData = this.#changed.event;

  /** @param runs in their order */
  constructor(runs: () => Promise<readonly ListedRun[]>, live: () => LiveRun) {
    this.#runs = runs;
    this.#live = live;
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  refreshLive(): void {
    this.#changed.fire(LIVE);
  }

  async getChildren(item?: RunItem): Promise<RunItem[]> {
    if (item?.kind === 'search') return item.search.runs.map((run) => ({ kind: 'run', run }));
    if (item !== undefined) return [];
    const { state, folder } = this.#live();
    const runs = gathered(await this.#runs()).map(
      (entry): RunItem => (isSearch(entry) ? { kind: 'search', search: entry } : { kind: 'run', run: entry }),
    );
    if (state.kind !== 'starting' && state.kind !== 'running') return runs;
    return [LIVE, ...runs.filter((other) => other.kind !== 'run' || other.run.folder !== folder)];
  }

  async getTreeItem(item: RunItem): Promise<vscode.TreeItem> {
    if (item.kind === 'search') return searchItem(item.search);
    return item.kind === 'live' ? this.#liveItem() : runItem(item);
  }

  resolveTreeItem(shown: vscode.TreeItem, item: RunItem): vscode.TreeItem {
    if (item.kind === 'run') shown.tooltip = hover(item.run);
    return shown;
  }

  dispose(): void {
    this.#changed.dispose();
  }

  async #liveItem(): Promise<vscode.TreeItem> {
    const { state, folder } = this.#live();
    const run = folder === null ? undefined : (await this.#runs()).find((known) => known.folder === folder);
    const item = new vscode.TreeItem(run === undefined ? 'Load test' : runName(run));
    item.id = 'live';
    item.description = state.kind === 'running' ? liveNote(state.snapshot) : 'starting';
    item.tooltip = state.kind === 'starting' ? state.text : 'Under way. Its figures are of the last 10 s.';
    item.iconPath = new vscode.ThemeIcon('pulse');
    item.contextValue = 'live';
    if (folder !== null) item.command = { command: 'tailflame.showLastRun', title: 'Show Run' };
    return item;
  }
}

const SEARCH_NAMES = { 'find-rate': 'Highest rate', sweep: 'Settings', gate: 'Gate' } as const;

function searchItem({ id, kind, target, runs }: SearchRuns): vscode.TreeItem {
  const shown = new vscode.TreeItem(`${SEARCH_NAMES[kind]} of ${target}`, vscode.TreeItemCollapsibleState.Collapsed);
  const started = runs[0]!.summary!.startedAt;
  shown.id = `search ${id}`;
  shown.description = `${runs.length} ${runs.length === 1 ? 'run' : 'runs'} · ${ago(Date.now() - started)}`;
  shown.iconPath = new vscode.ThemeIcon(kind === 'sweep' ? 'graph-line' : 'dashboard');
  shown.contextValue = 'search';
  return shown;
}

function runItem(item: RunItem & { readonly kind: 'run' }): vscode.TreeItem {
  const { run } = item;
  const kind = runKind(run);
  const [icon, colour] = ICONS[kind];
  const shown = new vscode.TreeItem(run.label.name ?? run.summary?.search?.label ?? runName(run));
  shown.id = run.folder;
  shown.description = runNote(run, Date.now());
  shown.iconPath = new vscode.ThemeIcon(icon, colour === null ? undefined : new vscode.ThemeColor(colour));
  shown.contextValue = [
    'run',
    ...(kind === 'broken' ? ['broken'] : []),
    ...(kind === 'under way' ? ['underway'] : []),
    ...(run.label.pinned ? ['pinned'] : []),
    ...(run.label.baseline ? ['baseline'] : []),
  ].join(' ');
  shown.command = { command: 'tailflame.openRun', title: 'Open Run', arguments: [item] };
  shown.accessibilityInformation = { label: spokenRun(run, Date.now()) };
  const marks = marksUri(run);
  if (marks !== null) shown.resourceUri = marks;
  return shown;
}

function hover(run: ListedRun): vscode.MarkdownString {
  const { sentence, facts, problems } = runHover(run, (ms) => new Date(ms).toLocaleString());
  return new vscode.MarkdownString(
    [
      `**${plain(runName(run))}**`,
      plain(sentence),
      ['| | |', '|---|---|', ...facts.map(([name, value]) => `| ${name} | ${plain(value)} |`)].join('\n'),
      ...problems.map((problem) => `⚠ ${plain(problem)}`),
    ].join('\n\n'),
  );
}

/** A text as Markdown that means just it: names and answers of servers stand in it. `appendText` would keep it on one line. */
function plain(text: string): string {
  return text
    .replace(/[\\`*_{}[\]()#+\-!~|<>&$:]/g, (character) => `&#${character.charCodeAt(0)};`)
    .replace(/\s+/g, ' ');
}
