import { readdirSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';
import type { FromFlamegraph, ToFlamegraph } from '../../../webview/messages.ts';
import { openSource } from '../open-source.ts';
import { flamegraphHtml } from './flamegraph-html.ts';

/** The one flame graph panel of a window. What it shows stays here, since a hidden page is told nothing. */
export class FlamegraphPanel implements vscode.Disposable {
  readonly #folder: vscode.Uri;
  readonly #subscriptions: vscode.Disposable[] = [];
  #panel: vscode.WebviewPanel | null = null;
  #shown: ToFlamegraph | null = null;
  #root = '';

  /** @param dist the folder of the bundles */
  constructor(dist: string) {
    this.#folder = vscode.Uri.file(path.join(dist, 'webview'));
    // speedscope reads its colours once, when it loads.
    this.#subscriptions.push(vscode.window.onDidChangeActiveColorTheme(() => this.#load()));
  }

  /** @param profile a speedscope file @param root what relative paths in it start from */
  show(name: string, profile: string, root: string): void {
    this.#shown = { type: 'show', name, profile };
    this.#root = root;
    if (this.#panel) {
      this.#panel.title = name;
      this.#panel.reveal(undefined, true);
      void this.#panel.webview.postMessage(this.#shown);
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      'tailflame.flamegraph',
      name,
      { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true, retainContextWhenHidden: true, localResourceRoots: [this.#folder] },
    );
    panel.webview.onDidReceiveMessage((message: FromFlamegraph) => this.#receive(message));
    panel.onDidDispose(() => {
      this.#panel = null;
      this.#shown = null;
    });
    this.#panel = panel;
    this.#load();
  }

  dispose(): void {
    this.#panel?.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
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
  }
}
