import path from 'node:path';
import * as vscode from 'vscode';
import { isInLibrary, LIBRARY_GLOB } from './library-folders.ts';

const MOST_FILES = 500;
const SETTLE_MS = 250;

/** What files a tree lists, and how. */
export interface FileKind {
  readonly view: string;
  /** A glob, wherever in the workspace. */
  readonly pattern: string;
  /** What the file is called without. */
  readonly ending: RegExp;
  readonly icon: string;
  readonly contextValue: string;
  /** What a click does, with the file's URI. */
  readonly command: string;
  readonly commandTitle: string;
}

/** A workspace's files of one kind, by name. Nothing is read of them but that they are there. */
export class FileTree implements vscode.TreeDataProvider<vscode.Uri>, vscode.Disposable {
  readonly #kind: FileKind;
  readonly #changed = new vscode.EventEmitter<undefined>();
  readonly onDidChangeTreeData = this.#changed.event;
  readonly #subscriptions: vscode.Disposable[] = [];
  #watching = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(kind: FileKind) {
    this.#kind = kind;
    const view = vscode.window.createTreeView(kind.view, { treeDataProvider: this, showCollapseAll: false });
    this.#subscriptions.push(view);
  }

  async getChildren(uri?: vscode.Uri): Promise<vscode.Uri[]> {
    if (uri !== undefined) return [];
    this.#watch();
    const found = await vscode.workspace.findFiles(this.#kind.pattern, LIBRARY_GLOB, MOST_FILES);
    const name = ({ fsPath }: vscode.Uri): string => path.basename(fsPath);
    return found.sort((a, b) => name(a).localeCompare(name(b)) || a.fsPath.localeCompare(b.fsPath));
  }

  getTreeItem(uri: vscode.Uri): vscode.TreeItem {
    const { ending, icon, contextValue, command, commandTitle } = this.#kind;
    const item = new vscode.TreeItem(path.basename(uri.fsPath).replace(ending, ''));
    const folder = path.dirname(vscode.workspace.asRelativePath(uri));
    item.id = uri.toString();
    item.description = folder === '.' ? '' : folder;
    item.tooltip = uri.fsPath;
    item.iconPath = new vscode.ThemeIcon(icon);
    item.contextValue = contextValue;
    item.command = { command, title: commandTitle, arguments: [uri] };
    return item;
  }

  dispose(): void {
    if (this.#timer) clearTimeout(this.#timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  #watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    // Of everything, because a folder that comes or goes is told of, and what is in it is not always.
    const watcher = vscode.workspace.createFileSystemWatcher('**', false, true, false);
    const seen = (uri: vscode.Uri): void => {
      const file = vscode.workspace.asRelativePath(uri, false);
      const name = path.basename(file);
      const concerns = this.#kind.ending.test(name) || !name.includes('.', 1);
      if (concerns && !isInLibrary(file)) this.#refreshSoon();
    };
    this.#subscriptions.push(
      watcher,
      watcher.onDidCreate(seen),
      watcher.onDidDelete(seen),
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.#refreshSoon()),
    );
  }

  #refreshSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      this.#changed.fire(undefined);
    }, SETTLE_MS);
  }
}
