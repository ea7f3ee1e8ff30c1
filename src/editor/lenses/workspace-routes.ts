import path from 'node:path';
import * as vscode from 'vscode';
import type { Route } from '../../routes/route.ts';
import type { RouteIndex } from '../../routes/route-index.ts';
import { isNoSource, NO_SOURCE_GLOB } from '../views/library-folders.ts';

/** Languages of the files that declare routes. */
export const LANGUAGES = ['python', 'javascript', 'javascriptreact', 'typescript', 'typescriptreact'];
const SOURCES = '**/*.{py,js,mjs,cjs,jsx,ts,mts,cts,tsx}';
const MAX_SOURCES = 2000;
const SETTLE_MS = 200;

/** The routes of the workspace's files, also of what is typed into them and not saved. */
export class WorkspaceRoutes implements vscode.Disposable {
  readonly #index: RouteIndex;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #typed = new Set<vscode.TextDocument>();
  #announcing: NodeJS.Timeout | undefined;
  readonly #subscriptions: vscode.Disposable[] = [this.#changed];
  /** Versions of the documents that were told. */
  #told = new WeakMap<vscode.TextDocument, number>();
  /** The reading of all files, begun when routes are first asked for, and again when they are after the index has lost them. */
  #read: Promise<void> | null = null;
  #watching = false;

  constructor(index: RouteIndex) {
    this.#index = index;
    index.onLost = () => {
      this.#told = new WeakMap();
      this.#read = null;
    };
  }

  dispose(): void {
    clearTimeout(this.#announcing);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#index.dispose();
  }

  /** The routes a document declares as it is now, also unsaved; at the first call the workspace's other files are read, after it. */
  async routesOf(document: vscode.TextDocument): Promise<readonly Route[]> {
    if (declaresNothing(document.uri)) return [];
    this.#tell(document);
    this.#read ??= this.#readAll();
    return this.#index.routesOf(document.uri.fsPath);
  }

  /** The routes of all files, by file and line. */
  async all(): Promise<readonly Route[]> {
    this.#read ??= this.#readAll();
    await this.#read;
    return this.#index.all();
  }

  async #readAll(): Promise<void> {
    this.#watch();
    const files = await vscode.workspace.findFiles(SOURCES, NO_SOURCE_GLOB, MAX_SOURCES);
    await Promise.all(files.map((uri) => this.#readFile(uri)));
    this.#changed.fire();
  }

  #watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    const watcher = vscode.workspace.createFileSystemWatcher(SOURCES);
    const update = (uri: vscode.Uri): void => void this.#readFile(uri).then(() => this.#announce());
    this.#subscriptions.push(
      watcher,
      watcher.onDidCreate(update),
      watcher.onDidChange(update),
      watcher.onDidDelete(({ fsPath }) => {
        this.#index.remove(fsPath);
        this.#announce();
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (LANGUAGES.includes(document.languageId)) this.#announce(document);
      }),
      vscode.workspace.onDidChangeWorkspaceFolders(({ removed }) => void this.#folders(removed)),
      // What was typed and not saved is gone with it.
      vscode.workspace.onDidCloseTextDocument(({ languageId, uri }) => {
        if (LANGUAGES.includes(languageId) && uri.scheme === 'file') update(uri);
      }),
    );
  }

  /** The files of folders that were added are read when routes are asked for next. */
  async #folders(removed: readonly vscode.WorkspaceFolder[]): Promise<void> {
    this.#read = null;
    for (const { file } of removed.length === 0 ? [] : await this.#index.all().catch(() => [])) {
      if (removed.some(({ uri }) => isBelow(uri.fsPath, file))) this.#index.remove(file);
    }
    this.#changed.fire();
  }

  /** What is open in an editor is told from there. */
  async #readFile(uri: vscode.Uri): Promise<void> {
    if (declaresNothing(uri)) return;
    const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
    if (open !== undefined) {
      this.#tell(open);
      return;
    }
    const bytes = await Promise.resolve(vscode.workspace.fs.readFile(uri)).catch(() => null);
    if (bytes !== null) this.#index.update(uri.fsPath, new TextDecoder().decode(bytes));
  }

  /** Routes of one file may be put together from others: all lenses are made again, once the typing pauses. */
  #announce(typedInto?: vscode.TextDocument): void {
    if (typedInto !== undefined) this.#typed.add(typedInto);
    clearTimeout(this.#announcing);
    this.#announcing = setTimeout(() => {
      for (const document of this.#typed) this.#tell(document);
      this.#typed.clear();
      this.#changed.fire();
    }, SETTLE_MS);
  }

  #tell(document: vscode.TextDocument): void {
    if (document.uri.scheme !== 'file' || this.#told.get(document) === document.version) return;
    this.#told.set(document, document.version);
    this.#index.update(document.uri.fsPath, document.getText());
  }
}

function isBelow(folder: string, file: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '..' && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
}

function declaresNothing(uri: vscode.Uri): boolean {
  return isNoSource(vscode.workspace.asRelativePath(uri, false));
}
