import path from 'node:path';
import * as vscode from 'vscode';
import type { FlamegraphState, FunctionChange, ToFlamegraph, ViewAction } from '../../webview/messages.ts';
import type { View } from '../correlate/views/view.ts';
import { firstAddress } from '../load/plan/plan-steps.ts';
import { hotspots } from '../profile/hotspots.ts';
import type { Profile, ProfileUnit } from '../profile/profile.ts';
import { changeText } from '../report/difference-text.ts';
import { lineMarks } from '../report/line-marks.ts';
import type { ListedView } from '../report/listed-views.ts';
import { routeNote, runMarks, viewMarks, waitOf } from '../report/run-lines.ts';
import { type GraphOfView, ViewGraph } from '../report/view-graph.ts';
import { matches } from '../routes/route.ts';
import { type OpenedRun, openRun } from '../runner/opened/open-run.ts';
import { baseOfRun } from '../runs/run-folder.ts';
import { findRun } from './kept-runs.ts';
import { areLensesShown } from './lenses/lens-setting.ts';
import type { WorkspaceRoutes } from './lenses/workspace-routes.ts';
import type { AnnotatedLines, LineAnnotations } from './line-annotations.ts';
import type { FlamegraphPanel } from './panels/flamegraph-panel.ts';

/** Views of which a stretch of time is shown, in the order they are listed. */
const STRETCH_KINDS = ['all', 'slow', 'other'] as const;

/** Brings a run or a profile to the lines of the source and to the flame graph panel. */
export class RunResults implements vscode.Disposable {
  readonly #annotations: LineAnnotations;
  readonly #panel: FlamegraphPanel;
  readonly #routes: WorkspaceRoutes;
  readonly #subscriptions: vscode.Disposable[];
  #graph: ViewGraph | null = null;
  /** What is marked while the whole of a run is looked at. */
  #lines: AnnotatedLines | null = null;
  /** The view that lines are marked by; null: the whole of the run. */
  #marked: string | null = null;
  /** Count the runs and profiles, and the views, that were asked for: what comes late is not shown any more. */
  #opened = 0;
  #asked = 0;

  constructor(annotations: LineAnnotations, panel: FlamegraphPanel, routes: WorkspaceRoutes) {
    this.#annotations = annotations;
    this.#panel = panel;
    this.#routes = routes;
    this.#subscriptions = [
      panel.onDidChoose((id) => this.choose(id)),
      panel.onDidRestore((state) => this.#restore(state)),
    ];
  }

  /** What the flame graph is of; null before there was one. */
  get graph(): ViewGraph | null {
    return this.#graph;
  }

  /** Annotates the lines of a run, unless another is asked for meanwhile. @returns whether it is shown and has a flame graph */
  async showRun(run: OpenedRun): Promise<boolean> {
    const asked = ++this.#opened;
    const opened = await ViewGraph.ofRun(run);
    const graph = opened?.graph ?? null;
    const takenAt = Date.parse(run.document.startedAt);
    const { startedAt } = run.document.target;
    const lines: AnnotatedLines = {
      marks: graph === null ? new Map() : runMarks(run, graph.material),
      notes: areLensesShown() ? new Map() : await routeNotes(run, this.#routes),
      takenAt,
      loadedAt: startedAt ? Math.min(takenAt, Date.parse(startedAt)) : takenAt,
      source: `Run ${path.basename(run.folder)}`,
      view: null,
      slow: waitOf(run.plan) === 'ttft' ? 'first tokens' : 'requests',
    };
    if (asked !== this.#opened) return false;
    this.#lines = lines;
    this.#annotations.show(lines);
    this.#marked = null;
    this.#graph = graph;
    const hasGraph = graph !== null && graph.views.length > 0;
    if (!hasGraph) this.#panel.close();
    if (opened?.problem) void vscode.window.showWarningMessage(`Its saved views are left out. ${opened.problem}`);
    return hasGraph;
  }

  /** Shows profiles that stand alone: the first marks lines and has its views. */
  async showProfile(name: string, profiles: readonly Profile[], takenAt: number): Promise<void> {
    const [first] = profiles;
    if (first === undefined) return;
    this.#opened++;
    const marks = lineMarks(hotspots(first), null);
    this.#lines = { marks, notes: new Map(), takenAt, loadedAt: takenAt, source: name, view: null, slow: 'requests' };
    this.#annotations.show(this.#lines);
    this.#marked = null;
    this.#graph = ViewGraph.ofProfile(name, first);
    if (this.#graph.views.length > 0) await this.showFlameGraph();
    else {
      this.#panel.close();
      void vscode.window.showInformationMessage(`${name}: nothing ran while it was sampled.`);
    }
  }

  /** Shows the flame graph of a stretch of a run, ms of run time. Throws where the run cannot be read. */
  async showStretch(folder: string, from: number, to: number): Promise<void> {
    await this.showViewsOf(
      folder,
      STRETCH_KINDS.map((kind) => ({ kind, from, to })),
    );
  }

  /** Shows views of a run. Throws where it cannot be read. */
  async showViewsOf(folder: string, views: readonly View[]): Promise<void> {
    if (this.#graph?.run?.folder !== folder) await this.showRun(await openRun(folder));
    // Another one was asked for meanwhile.
    if (this.#graph !== null && this.#graph.run?.folder !== folder) return;
    await this.showViews(views);
  }

  /** Shows the first of some views made by hand, and lists the others with it. */
  async showViews(views: readonly View[]): Promise<void> {
    this.#graph?.add(views);
    const [first] = views;
    const entry = first === undefined ? null : this.#graph?.entryOf(first);
    if (entry) await this.show(entry);
    else void vscode.window.showInformationMessage('The run has no profile.');
  }

  async showFlameGraph(): Promise<void> {
    const shown = this.#graph?.shown;
    if (shown) await this.show(shown);
    else
      void vscode.window.showInformationMessage('There is no profile to show yet: run Find Slow Lines, or open one.');
  }

  /** Shows one of the views listed, by its id. */
  async choose(id: string): Promise<void> {
    const entry = this.#graph?.find(id);
    if (entry) await this.show(entry);
    else this.#panel.stay();
  }

  /** Shows a view, and marks the lines by it where it is not one of the whole run. */
  async show(entry: ListedView): Promise<void> {
    const graph = this.#graph;
    if (graph === null) return;
    const asked = ++this.#asked;
    try {
      const root = rootOf(graph);
      const shown = await graph.show(entry, root);
      if (asked !== this.#asked || graph !== this.#graph) return;
      if ('missing' in shown) {
        void vscode.window.showInformationMessage(`${entry.name}: ${shown.missing}`);
        this.#panel.stay();
        return;
      }
      this.#panel.show(messageOf(graph, shown), root);
      this.#mark(graph, shown);
    } catch (error) {
      void vscode.window.showErrorMessage(`${entry.name}: ${(error as Error).message}`);
      this.#panel.stay();
    }
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #mark({ run }: ViewGraph, { entry, weighed }: GraphOfView): void {
    const lines = this.#lines;
    const marks = run ? viewMarks(entry.view, weighed, waitOf(run.plan)) : null;
    const marked = marks === null ? null : entry.name;
    // What stands in the editors has followed their edits.
    if (lines === null || marked === this.#marked) return;
    this.#marked = marked;
    this.#annotations.replace(marks === null ? lines : { ...lines, marks, view: marked });
  }

  async #restore({ run, view }: FlamegraphState): Promise<void> {
    try {
      const folder = await findRun(run);
      const known = folder !== null && (await this.showRun(await openRun(folder)));
      if (known && this.#graph?.find(view)) await this.choose(view);
      else if (known) await this.showFlameGraph();
      else this.#panel.stay();
    } catch (error) {
      this.#panel.stay();
      void vscode.window.showErrorMessage((error as Error).message);
    }
  }
}

/** What relative paths in a graph start from; empty where there is no folder. */
function rootOf({ run }: ViewGraph): string {
  return run === null ? (vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '') : baseOfRun(run.folder);
}

function messageOf(graph: ViewGraph, { entry, file, sentence, differences, weighed }: GraphOfView): ToFlamegraph {
  const { run, name } = graph;
  const actions: ViewAction[] = [
    ...(graph.canSave ? (['save'] as const) : []),
    ...(entry.isSaved ? (['rename', 'remove'] as const) : []),
    ...(run === null ? [] : (['new'] as const)),
  ];
  return {
    type: 'show',
    name: run === null ? name : `Flame graph ${name}`,
    profile: file,
    views: graph.views.map(({ id, name: called, group }) => ({ id, name: called, group })),
    shown: entry.id,
    sentence,
    changes: differences?.flatMap((row) => changeOf(row, weighed.profile.unit)) ?? null,
    actions,
    state: run === null ? null : { run: path.basename(run.folder), view: entry.id },
  };
}

function changeOf(row: NonNullable<GraphOfView['differences']>[number], unit: ProfileUnit): FunctionChange[] {
  const texts = changeText(row, unit);
  if (texts === null) return [];
  const name = row.function === '' ? '(anonymous)' : row.function;
  return [{ name, file: row.file, line: row.line, ...texts }];
}

/** The run's latency at the lines that declare the route it asked: where there are lenses, they say it. */
async function routeNotes(
  { document, plan }: OpenedRun,
  routes: WorkspaceRoutes,
): Promise<Map<string, { line: number; text: string }[]>> {
  const { pathname } = new URL(firstAddress(plan));
  const { method } = plan.scenarios[0]!.steps[0]!;
  const text = routeNote(document, Date.now());
  const notes = new Map<string, { line: number; text: string }[]>();
  for (const route of await routes.all()) {
    if (!matches(route, method, pathname)) continue;
    const lines = notes.get(route.file) ?? [];
    notes.set(route.file, lines);
    if (!lines.some(({ line }) => line === route.line)) lines.push({ line: route.line, text });
  }
  return notes;
}
