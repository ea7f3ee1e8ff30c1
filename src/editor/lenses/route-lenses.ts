import * as vscode from 'vscode';
import { routeRunText } from '../../report/route-run.ts';
import type { Route } from '../../routes/route.ts';
import { areLensesShown, LENS_SETTING } from './lens-setting.ts';
import type { RouteRuns } from './route-runs.ts';
import { LANGUAGES, type WorkspaceRoutes } from './workspace-routes.ts';

/** What lenses do when they are clicked; commands that no palette shows. */
export const LENS_COMMANDS = {
  loadTest: 'tailflame.loadTestRoute',
  findSlowLines: 'tailflame.findSlowLinesOfRoute',
  findRate: 'tailflame.findHighestRateOfRoute',
  compareSettings: 'tailflame.compareSettingsOfRoute',
  showRun: 'tailflame.showRunOfRoute',
} as const;

/** Above each route: load it, find its slow lines, and what the last run said of it. */
export class RouteLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #routes: WorkspaceRoutes;
  readonly #runs: RouteRuns;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #subscriptions: vscode.Disposable[];

  constructor(routes: WorkspaceRoutes, runs: RouteRuns) {
    this.#routes = routes;
    this.#runs = runs;
    const changed = (): void => this.#changed.fire();
    this.#subscriptions = [
      this.#changed,
      routes.onDidChange(changed),
      runs.onDidChange(changed),
      vscode.workspace.onDidGrantWorkspaceTrust(changed),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(LENS_SETTING)) changed();
      }),
      vscode.languages.registerCodeLensProvider(
        LANGUAGES.map((language) => ({ language, scheme: 'file' })),
        this,
      ),
    ];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    if (!areLensesShown()) return [];
    const routes = await this.#routes.routesOf(document);
    const lenses = await Promise.all(
      routes.map((route) => {
        const shared = routes.some((other) => other !== route && other.line === route.line);
        const suffix = shared ? ` ${nameOf(route)}` : '';
        return this.#lensesOf(route, routes, document, suffix);
      }),
    );
    return lenses.flat();
  }

  /** @param suffix tells routes of one line from each other */
  async #lensesOf(
    found: Route,
    all: readonly Route[],
    document: vscode.TextDocument,
    suffix: string,
  ): Promise<vscode.CodeLens[]> {
    const { method, path, line } = found;
    if (line > document.lineCount) return [];
    const route: Route = { method, path, line, file: document.uri.fsPath };
    const name = nameOf(found);
    const { range } = document.lineAt(line - 1);
    const lens = (title: string, command: string, tooltip: string, argument: unknown): vscode.CodeLens =>
      new vscode.CodeLens(range, { title, command, tooltip, arguments: [argument] });
    const sending = vscode.workspace.isTrusted
      ? [
          lens(`▶ Load test${suffix}`, LENS_COMMANDS.loadTest, `Send a gentle load to ${name}`, route),
          lens(`▶ Find slow lines${suffix}`, LENS_COMMANDS.findSlowLines, `Load and profile ${name}`, route),
          lens(`Find highest rate${suffix}`, LENS_COMMANDS.findRate, `Look for the most that ${name} holds`, route),
          lens(`Compare settings${suffix}`, LENS_COMMANDS.compareSettings, `Load ${name} in several ways`, route),
        ]
      : [];
    // What was asked at /items/search is not of /items/{id}, where both are declared.
    const runs = (await this.#runs.of(found)).filter(
      (run) => run.pathname === path || !all.some((other) => other !== found && other.path === run.pathname),
    );
    const [last, before = null] = runs;
    if (last === undefined) return sending;
    const started = new Date(last.startedAt).toLocaleString();
    const text = `${routeRunText(last, before)}${suffix}`;
    return [...sending, lens(text, LENS_COMMANDS.showRun, `Show the run of ${started}`, last.folder)];
  }
}

function nameOf({ method, path }: Route): string {
  return method === null ? path : `${method} ${path}`;
}
