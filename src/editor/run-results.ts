import path from 'node:path';
import * as vscode from 'vscode';
import { firstAddress } from '../load/plan/plan.ts';
import { hotspots } from '../profile/hotspots.ts';
import type { Profile } from '../profile/profile.ts';
import { lineMarks } from '../report/line-marks.ts';
import { profileViews } from '../report/profile-views.ts';
import { routeNote, runMarks, runViews } from '../report/run-lines.ts';
import { stretchViews } from '../report/stretch-views.ts';
import { matches } from '../routes/route.ts';
import { type OpenedRun, openRequests, openRun, openSamples, openTelemetry } from '../runner/open-run.ts';
import { areLensesShown } from './lenses/lens-setting.ts';
import type { WorkspaceRoutes } from './lenses/workspace-routes.ts';
import type { LineAnnotations } from './line-annotations.ts';
import type { FlamegraphPanel } from './panels/flamegraph-panel.ts';

interface FlameGraph {
  readonly name: string;
  readonly profile: string;
  readonly root: string;
}

/** Brings a run or a profile to the lines of the source and to the flame graph panel. */
export class RunResults {
  readonly #annotations: LineAnnotations;
  readonly #panel: FlamegraphPanel;
  readonly #routes: WorkspaceRoutes;
  #last: FlameGraph | null = null;

  constructor(annotations: LineAnnotations, panel: FlamegraphPanel, routes: WorkspaceRoutes) {
    this.#annotations = annotations;
    this.#panel = panel;
    this.#routes = routes;
  }

  /** Annotates the lines of a run. @returns whether it has a flame graph */
  async showRun(run: OpenedRun, root: string): Promise<boolean> {
    const { folder } = run;
    const profile = await openSamples(folder);
    const requests = await openRequests(run, 'profiled');
    const name = path.basename(folder);
    this.#annotations.show({
      marks: profile === null ? new Map() : runMarks(run, requests, profile),
      notes: areLensesShown() ? new Map() : await routeNotes(run, this.#routes),
      takenAt: Date.parse(run.document.startedAt) + (run.document.phases.at(-1)?.end ?? 0),
      source: `Run ${name}`,
    });
    const views = profile === null ? null : runViews(run, requests, profile, (await openTelemetry(folder)).gpus, name);
    this.#last = views === null ? null : { name: `Flame graph ${name}`, profile: views, root };
    return views !== null;
  }

  /** Shows profiles that stand alone: the first marks lines, each has its views. */
  showProfile(name: string, profiles: readonly Profile[], root: string, takenAt: number): void {
    const [first] = profiles;
    if (first === undefined) return;
    this.#annotations.show({ marks: lineMarks(hotspots(first), null), notes: new Map(), takenAt, source: name });
    const views = profileViews(first, null, [], name);
    if (views === null) {
      void vscode.window.showInformationMessage(`${name}: nothing ran while it was sampled.`);
      return;
    }
    this.#last = { name, profile: views, root };
    this.showFlameGraph();
  }

  /** Shows the flame graph of a stretch of a run, ms of run time. Throws where the run cannot be read. */
  async showStretch(folder: string, root: string, from: number, to: number): Promise<void> {
    const run = await openRun(folder);
    const profile = await openSamples(folder);
    const views = profile && stretchViews(run, await openRequests(run, 'profiled'), profile, from, to);
    if (views) this.#panel.show(`Flame graph ${path.basename(folder)}`, views, root);
    else void vscode.window.showInformationMessage('Nothing was sampled in that stretch of time.');
  }

  showFlameGraph(): void {
    if (this.#last) this.#panel.show(this.#last.name, this.#last.profile, this.#last.root);
    else
      void vscode.window.showInformationMessage('There is no profile to show yet: run Find Slow Lines, or open one.');
  }
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
