import path from 'node:path';
import * as vscode from 'vscode';
import { type RouteRun, routeRuns } from '../../report/route-run.ts';
import { matches, type Route } from '../../routes/route.ts';
import { listRuns, RUN_FILE, RUNS_FOLDER, readRunDocument } from '../../runs/run-folder.ts';

/** Of older runs no figures are shown. */
const MOST_READ = 100;

/** What the kept runs of the workspace say of its routes: read once when first asked for, then as runs come and go. */
export class RouteRuns implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #runs = new Map<string, RouteRun[]>();
  readonly #subscriptions: vscode.Disposable[] = [
    this.#changed,
    vscode.workspace.onDidChangeWorkspaceFolders(() => this.#forget()),
  ];
  #watchers: vscode.Disposable[] = [];
  /** By what was asked: of many runs few are of different requests, and each route is held against these. */
  #grouped: [RouteRun, ...RouteRun[]][] | null = null;
  #read: Promise<void> | null = null;

  dispose(): void {
    for (const subscription of [...this.#subscriptions, ...this.#watchers]) subscription.dispose();
  }

  /** The newest first. */
  async of(route: Route): Promise<RouteRun[]> {
    this.#read ??= this.#readAll();
    await this.#read;
    this.#grouped ??= grouped([...this.#runs.values()].flat());
    return this.#grouped
      .filter(([{ method, pathname }]) => matches(route, method, pathname))
      .flat()
      .sort((a, b) => b.startedAt - a.startedAt);
  }

  /** A run has ended, or is kept no more. @param folder absolute */
  async refresh(folder: string): Promise<void> {
    await this.#add(folder);
    this.#changed.fire();
  }

  /** Another set of folders has other runs. */
  #forget(): void {
    for (const watcher of this.#watchers) watcher.dispose();
    this.#watchers = [];
    this.#runs.clear();
    this.#grouped = null;
    this.#read = null;
    this.#changed.fire();
  }

  async #readAll(): Promise<void> {
    for (const { uri } of vscode.workspace.workspaceFolders ?? []) {
      this.#watch(uri);
      const folders = await listRuns(uri.fsPath);
      await Promise.all(folders.slice(0, MOST_READ).map((folder) => this.#add(folder)));
    }
  }

  #watch(workspace: vscode.Uri): void {
    const runs = RUNS_FOLDER.replaceAll('\\', '/');
    const documents = new vscode.RelativePattern(workspace, `${runs}/*/${RUN_FILE}`);
    // Of a folder that is deleted, only that is told.
    const folders = new vscode.RelativePattern(workspace, `${runs}/*`);
    const written = vscode.workspace.createFileSystemWatcher(documents, false, false, true);
    const deleted = vscode.workspace.createFileSystemWatcher(folders, true, true, false);
    this.#watchers.push(
      written,
      deleted,
      written.onDidCreate(({ fsPath }) => this.refresh(path.dirname(fsPath))),
      written.onDidChange(({ fsPath }) => this.refresh(path.dirname(fsPath))),
      deleted.onDidDelete(({ fsPath }) => this.refresh(fsPath)),
    );
  }

  /** A folder that is no run, or cannot be read, has nothing to say. */
  async #add(folder: string): Promise<void> {
    const document = await readRunDocument(folder).catch(() => null);
    const runs = document === null ? [] : routeRuns(document, folder);
    if (runs.length > 0) this.#runs.set(folder, runs);
    else this.#runs.delete(folder);
    this.#grouped = null;
  }
}

function grouped(runs: readonly RouteRun[]): [RouteRun, ...RouteRun[]][] {
  const groups = new Map<string, [RouteRun, ...RouteRun[]]>();
  for (const run of runs) {
    const key = `${run.method} ${run.pathname}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [run]);
    else group.push(run);
  }
  return [...groups.values()];
}
