import { readdirSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { FlamegraphState, FromFlamegraph, ToFlamegraph, ViewAction } from '../../../webview/messages.ts';
import { openSource } from '../open-source.ts';
import { flamegraphHtml } from './flamegraph-html.ts';

const TYPE = 'tailflame.flamegraph';
const CONTEXT = 'tailflame.flamegraphShown';

/** The one flame graph panel of a window. What it shows stays here, since a hidden page is told nothing. */
export class FlamegraphPanel implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #folder: vscode.Uri;
  readonly #chosen = new vscode.EventEmitter<string>();
  readonly #acted = new vscode.EventEmitter<ViewAction>();
  readonly #restored = new vscode.EventEmitter<FlamegraphState>();
  readonly #subscriptions: vscode.Disposable[] = [this.#chosen, this.#acted, this.#restored];
  #panel: vscode.WebviewPanel | null = null;
  #shown: ToFlamegraph | null = null;
  #root = '';

  /** Another view was chosen, by its id. */
  readonly onDidChoose = this.#chosen.event;
  /** Something is to be done with the view shown. */
  readonly onDidAct = this.#acted.event;
  /** The window was loaded again, and the panel waits for what it showed before. */
  readonly onDidRestore = this.#restored.event;

  /** @param dist the folder of the bundles */
  constructor(dist: string) {
    this.#folder = vscode.Uri.file(path.join(dist, 'webview'));
    this.#subscriptions.push(
      // speedscope reads its colours once, when it loads.
      vscode.window.onDidChangeActiveColorTheme(() => this.#load()),
      vscode.window.registerWebviewPanelSerializer(TYPE, this),
    );
  }

  /** @param root what relative paths in it start from */
  show(shown: ToFlamegraph, root: string): void {
    this.#shown = shown;
    this.#root = root;
    if (this.#panel) {
      this.#panel.title = shown.name;
      this.#panel.reveal(undefined, true);
      void this.#panel.webview.postMessage(this.#shown);
      return;
    }
    const where = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const panel = vscode.window.createWebviewPanel(TYPE, shown.name, where, {
      ...this.#options,
      retainContextWhenHidden: true,
    });
    this.#adopt(panel);
  }

  /** What is shown stays, and the page is told so: its switcher may stand at something else. */
  stay(): void {
    if (this.#shown) void this.#panel?.webview.postMessage(this.#shown);
    else this.#panel?.dispose();
  }

  /** There is nothing to show any more. */
  close(): void {
    this.#panel?.dispose();
  }

  /** After a reload of the window. @param state what the page kept, by whatever version wrote it */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    const { run, view } = (state ?? {}) as Partial<Record<keyof FlamegraphState, unknown>>;
    if (this.#panel || typeof run !== 'string' || typeof view !== 'string') {
      panel.dispose();
      return;
    }
    panel.webview.options = this.#options;
    this.#adopt(panel);
    this.#restored.fire({ run, view });
  }

  dispose(): void {
    this.#panel?.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  get #options(): vscode.WebviewOptions {
    return { enableScripts: true, localResourceRoots: [this.#folder] };
  }

  #adopt(panel: vscode.WebviewPanel): void {
    panel.webview.onDidReceiveMessage((message: FromFlamegraph) => this.#receive(message));
    panel.onDidDispose(() => {
      this.#panel = null;
      this.#shown = null;
      void vscode.commands.executeCommand('setContext', CONTEXT, false);
    });
    this.#panel = panel;
    void vscode.commands.executeCommand('setContext', CONTEXT, true);
    this.#load();
  }

  #load(): void {
    if (!this.#panel) return;
    const { webview } = this.#panel;
    const at = (file: string): vscode.Uri => vscode.Uri.joinPath(this.#folder, file);
    webview.html = flamegraphHtml({
      speedscope: readdirSync(at('speedscope').fsPath),
      address: (file) => webview.asWebviewUri(at(file)).toString(),
      source: webview.cspSource,
    });
  }

  #receive(message: FromFlamegraph): void {
    if (message.type === 'ready' && this.#shown) void this.#panel?.webview.postMessage(this.#shown);
    else if (message.type === 'open') void openSource(this.#root, message, this.#panel?.viewColumn);
    else if (message.type === 'view') this.#chosen.fire(message.id);
    else if (message.type === 'act') this.#acted.fire(message.action);
  }
}
