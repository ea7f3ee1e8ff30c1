import path from 'node:path';
import * as vscode from 'vscode';
import { AnswerCommands } from './editor/commands/answer-commands.ts';
import { loadTest } from './editor/commands/load-test.ts';
import { loadTestRoute } from './editor/commands/load-test-route.ts';
import { openProfile } from './editor/commands/open-profile.ts';
import { DebugSessionProfiler } from './editor/commands/profile-debug-session.ts';
import { register } from './editor/commands/register.ts';
import { RequestCommands } from './editor/commands/request-commands.ts';
import { ViewCommands } from './editor/commands/view-commands.ts';
import { DebuggedProcesses } from './editor/debugged-processes.ts';
import { findRun, keptRuns } from './editor/kept-runs.ts';
import { LENS_COMMANDS, RouteLenses } from './editor/lenses/route-lenses.ts';
import { RouteRuns } from './editor/lenses/route-runs.ts';
import { WorkspaceRoutes } from './editor/lenses/workspace-routes.ts';
import { LineAnnotations } from './editor/line-annotations.ts';
import { AnswerPanel } from './editor/panels/answer-panel.ts';
import { FlamegraphPanel } from './editor/panels/flamegraph-panel.ts';
import { ResultPanel } from './editor/panels/result-panel.ts';
import { PlanDiagnostics } from './editor/plan-files/plan-diagnostics.ts';
import { PlanSecrets } from './editor/plan-files/plan-secrets.ts';
import { PlanRunner } from './editor/plan-runner.ts';
import { RunController } from './editor/run-controller.ts';
import { RunDocuments } from './editor/run-documents.ts';
import { RunResults } from './editor/run-results.ts';
import { ServiceAddress } from './editor/service-address.ts';
import { slowLinesAgain } from './editor/slow-lines-again.ts';
import { StatusBar } from './editor/status-bar.ts';
import { WorkspaceViews } from './editor/views/workspace-views.ts';
import { hotspots } from './profile/hotspots.ts';
import { hotspotsDocument } from './report/hotspots-document.ts';
import { runResultView } from './report/run-result-view.ts';
import type { Route } from './routes/route.ts';
import { RouteIndex } from './routes/route-index.ts';
import { lastRun, openRun } from './runner/opened/open-run.ts';
import { RunError } from './runs/run-folder.ts';

/** Builds the parts once and hands them to each other. */
export function activate(context: vscode.ExtensionContext): void {
  const controller = new RunController(__dirname);
  const documents = new RunDocuments();
  const annotations = new LineAnnotations();
  const panel = new FlamegraphPanel(__dirname);
  const routes = new WorkspaceRoutes(new RouteIndex(path.join(__dirname, 'routes.cjs')));
  const results = new RunResults(annotations, panel, routes);
  const resultPanel = new ResultPanel(
    __dirname,
    keptRuns(results, async (folder) => {
      const again = await slowLinesAgain(runner, folder);
      if (again !== undefined) await showRun(again);
    }),
  );
  const answerPanel = new AnswerPanel(__dirname, async (name) => {
    const folder = await findRun(name);
    if (folder === null) throw new RunError(`Run ${name} is no longer kept.`);
    await showRun(folder);
  });
  const debugProfiler = new DebugSessionProfiler();
  const memory = context.workspaceState;
  const secrets = new PlanSecrets(context.secrets, memory);
  const runner = new PlanRunner(controller, memory, secrets);
  const debugged = new DebuggedProcesses();
  const addresses = new ServiceAddress(memory, debugged);
  const routeRuns = new RouteRuns();
  const diagnostics = new PlanDiagnostics();
  const measure = async (profile: 'off' | 'auto'): Promise<string | undefined> => {
    const folder = await loadTest(runner, memory, true, (plan) => runner.run(plan, profile));
    if (folder) await showRun(folder);
    return folder;
  };
  const measureRoute = async (route: Route, profile: 'off' | 'auto'): Promise<string | undefined> => {
    const folder = await loadTestRoute(runner, memory, addresses, route, (plan) => runner.run(plan, profile));
    if (folder) await showRun(folder);
    return folder;
  };
  let runsAsked = 0;
  const showRun = async (folder: string): Promise<void> => {
    const asked = ++runsAsked;
    const run = await openRun(folder);
    const view = await runResultView(run);
    // Of several runs the last that was asked for is shown, however long the others take to read.
    if (asked !== runsAsked) return;
    const profiled = await results.showRun(run);
    if (asked !== runsAsked) return;
    resultPanel.show(view, folder);
    if (profiled) await results.showFlameGraph();
  };

  context.subscriptions.push(
    controller,
    documents,
    annotations,
    panel,
    results,
    new ViewCommands(results, panel),
    resultPanel,
    answerPanel,
    debugProfiler,
    new StatusBar(controller),
    debugged,
    routes,
    routeRuns,
    new RouteLenses(routes, routeRuns),
    controller.onDidChangeView((view) => resultPanel.follow(view, controller.folder!)),
    controller.onDidChange((state) => {
      if (state.kind === 'finished') void routeRuns.refresh(state.result.folder);
    }),
    register(LENS_COMMANDS.loadTest, (route) => measureRoute(route as Route, 'off')),
    register(LENS_COMMANDS.findSlowLines, (route) => measureRoute(route as Route, 'auto')),
    register(LENS_COMMANDS.showRun, (folder) => showRun(folder as string)),
    diagnostics,
    new AnswerCommands(__dirname, { runner, memory, addresses, diagnostics, panel: answerPanel }),
    new RequestCommands(runner, memory, secrets, diagnostics, showRun),
    new WorkspaceViews(controller, documents, showRun),
    register('tailflame.loadTest', () => measure('off')),
    register('tailflame.findSlowLines', () => measure('auto')),
    register('tailflame.stop', () => controller.stop()),
    register('tailflame.showLastRun', async () => {
      const { view, folder: own } = controller;
      if (view !== null && own !== null) {
        runsAsked++;
        resultPanel.show(view, own);
        return;
      }
      const { folder, underWay } = root() === '' ? { folder: null, underWay: [] } : await lastRun(root());
      const [newer] = underWay;
      if (newer !== undefined) {
        const instead =
          folder === null ? 'No other run is kept in this folder.' : 'This is the last one that has ended.';
        void vscode.window.showInformationMessage(`${path.basename(newer)} is still being measured. ${instead}`);
      } else if (folder === null) void vscode.window.showInformationMessage('No run is kept in this folder yet.');
      if (folder !== null) await showRun(folder);
    }),
    register('tailflame.openProfile', async (uri) => {
      const opened = await openProfile(uri instanceof vscode.Uri ? uri : undefined);
      if (opened) await results.showProfile(opened.name, opened.profiles, opened.takenAt);
    }),
    register('tailflame.profileDebugSession', async () => {
      const taken = await debugProfiler.profile();
      if (taken) await results.showProfile(taken.name, taken.profiles, Date.now());
      const [profile] = taken?.profiles ?? [];
      return profile && hotspotsDocument(hotspots(profile), 'all', profile.unit);
    }),
    register('tailflame.showFlameGraph', () => results.showFlameGraph()),
    register('tailflame.exportHtml', () => resultPanel.exportHtml()),
    register('tailflame.exportPng', () => resultPanel.exportPng()),
    register('tailflame.exportCsv', () => resultPanel.exportCsv()),
    register('tailflame.showLineAnnotations', () => annotations.setVisible(true)),
    register('tailflame.hideLineAnnotations', () => annotations.setVisible(false)),
  );
}

function root(): string {
  return vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '';
}
