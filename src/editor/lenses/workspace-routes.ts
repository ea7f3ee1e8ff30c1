import * as vscode from 'vscode';
import type { Route } from '../../routes/route.ts';
import type { RouteSource } from '../../routes/route-source.ts';

/** Languages of the files that declare routes. */
export const LANGUAGES = ['python', 'javascript', 'typescript'];
const SOURCES = '**/*.{py,js,mjs,cjs,ts,mts,cts}';
const LIBRARIES = '**/{node_modules,.venv,venv,site-packages,dist,out,build}/**';
const MAX_SOURCES = 2000;
const SETTLE_MS = 200;

/** Tells what keeps the routes of the workspace's files, and of what is typed into them. */
export class WorkspaceRoutes implements vscode.Disposable {
  readonly #source: RouteSource;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #typing = new Map<vscode.TextDocument, NodeJS.Timeout>();
  readonly #subscriptions: vscode.Disposable[] = [this.#changed];
  /** Versions of the documents that were told. */
  readonly #told = new WeakMap<vscode.TextDocument, number>();
  #reading = false;

  constructor(source: RouteSource) {
    this.#source = source;
  }

  dispose(): void {
    for (const timer of this.#typing.values()) clearTimeout(timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** The routes a document declares as it is now, also unsaved; at the first call the workspace's other files are read, after it. */
  routesOf(document: vscode.TextDocument): Promise<readonly Route[]> {
    this.#tell(document);
    if (!this.#reading) void this.#read();
    return this.#source.routesOf(document.uri.fsPath);
  }

  async #read(): Promise<void> {
    this.#reading = true;
    const watcher = vscode.workspace.createFileSystemWatcher(SOURCES);
    const update = (uri: vscode.Uri): void => void this.#readFile(uri).then(() => this.#changed.fire());
    this.#subscriptions.push(
      watcher,
      watcher.onDidCreate(update),
      watcher.onDidChange(update),
      watcher.onDidDelete(({ fsPath }) => {
        this.#source.remove(fsPath);
        this.#changed.fire();
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#follow(document)),
    );
    const files = await vscode.workspace.findFiles(SOURCES, LIBRARIES, MAX_SOURCES);
    await Promise.all(files.map((uri) => this.#readFile(uri)));
    this.#changed.fire();
  }

  /** What is open in an editor is told from there. */
  async #readFile(uri: vscode.Uri): Promise<void> {
    if (isLibrary(uri)) return;
    const open = vscode.workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
    if (open !== undefined) {
      this.#tell(open);
      return;
    }
    const bytes = await Promise.resolve(vscode.workspace.fs.readFile(uri)).catch(() => null);
    if (bytes !== null) this.#source.update(uri.fsPath, new TextDecoder().decode(bytes));
  }

  /** Routes of one file may be put together from others: all lenses are made again, once the typing pauses. */
  #follow(document: vscode.TextDocument): void {
    if (!LANGUAGES.includes(document.languageId)) return;
    clearTimeout(this.#typing.get(document));
    const timer = setTimeout(() => {
      this.#typing.delete(document);
      this.#tell(document);
      this.#changed.fire();
    }, SETTLE_MS);
    this.#typing.set(document, timer);
  }

  #tell(document: vscode.TextDocument): void {
    if (this.#told.get(document) === document.version) return;
    this.#told.set(document, document.version);
    this.#source.update(document.uri.fsPath, document.getText());
  }
}

function isLibrary({ path }: vscode.Uri): boolean {
  return /\/(?:node_modules|\.venv|venv|site-packages|dist|out|build)\//.test(path);
}
