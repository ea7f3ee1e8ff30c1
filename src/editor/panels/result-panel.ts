import path from 'node:path';
import * as vscode from 'vscode';
import type { FromResult, RunChoice, ToResult } from '../../../webview/messages.ts';
import type { View } from '../../correlate/views/view.ts';
import { readPageCode, resultPage } from '../../report/offline-page.ts';
import type { ResultView } from '../../report/result-view.ts';
import { seriesCsv } from '../../report/series-csv.ts';
import { baseOfRun } from '../../runs/run-folder.ts';
import { openSource } from '../open-source.ts';
import { pageHtml } from './page-html.ts';
import { saveFile } from './save-file.ts';
import { sayError } from './say-error.ts';

const TYPE = 'tailflame.result';
const CONTEXT = 'tailflame.resultShown';
/** Between two updates of a live panel, ms. */
const UPDATE_MS = 1000;

/** Where the panel gets what it does not hold itself. Runs go by their folders, absolute. Each may throw an error that is fit for people. */
export interface ResultSource {
  /** The folder of a kept run by its name; null where it is gone. */
  find(name: string): Promise<string | null>;
  /** Runs kept beside the one shown, that may be laid under it, the last first. */
  runs(folder: string): Promise<readonly RunChoice[]>;
  /** A kept run; null where it is gone. */
  view(folder: string): Promise<ResultView | null>;
  /** Shows the flame graph of a stretch of a run, ms of run time, beside. */
  stretch(folder: string, from: number, to: number): Promise<void>;
  /** Shows one of its flame graphs. */
  graph(folder: string, view: View): Promise<void>;
  /** Looks for its slow lines under the load at which they may be told. */
  findAgain(folder: string): Promise<void>;
}

/**
 * The one result panel of a window. What it shows stays here: a hidden page is thrown away and told nothing, and asks again when it is
 * shown.
 */
export class ResultPanel implements vscode.Disposable, vscode.WebviewPanelSerializer {
  readonly #dist: string;
  readonly #source: ResultSource;
  readonly #registration: vscode.Disposable;
  #panel: vscode.WebviewPanel | null = null;
  #view: ResultView | null = null;
  /** Of the run shown, absolute. */
  #folder = '';
  #under: ResultView | null = null;
  #runs: readonly RunChoice[] = [];
  #followed: string | null = null;
  #sentAt = 0;
  #timer: NodeJS.Timeout | null = null;
  #pictureWanted = false;

  /** @param dist the folder of the bundles */
  constructor(dist: string, source: ResultSource) {
    this.#dist = dist;
    this.#source = source;
    this.#registration = vscode.window.registerWebviewPanelSerializer(TYPE, this);
  }

  /** Shows a run, one that has ended or one that is running, in place of the one before. @param folder the run's, absolute */
  show(view: ResultView, folder: string): void {
    const another = this.#view?.run !== view.run;
    this.#view = view;
    this.#folder = folder;
    if (another) this.#under = null;
    if (this.#panel) {
      this.#panel.title = titleOf(view);
      this.#panel.reveal(undefined, true);
      this.#send({ type: 'view', view });
      if (another) this.#send({ type: 'under', view: null });
    } else {
      const options = { viewColumn: vscode.ViewColumn.Active, preserveFocus: true };
      this.#adopt(vscode.window.createWebviewPanel(TYPE, titleOf(view), options, this.#options));
    }
    void this.#listRuns();
  }

  /** A run in progress: shown when it begins, then kept up with at most once a second; who closes the panel is not shown it again. */
  follow(view: ResultView, folder: string): void {
    if (this.#followed === view.run) {
      this.#update(view);
      return;
    }
    this.#followed = view.run;
    this.show(view, folder);
  }

  #update(view: ResultView): void {
    if (!this.#panel || this.#view?.run !== view.run) return;
    this.#view = view;
    if (this.#timer) return;
    const wait = Math.max(0, this.#sentAt + UPDATE_MS - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#sentAt = performance.now();
      if (this.#view) this.#send({ type: 'view', view: this.#view });
    }, wait);
  }

  /** After a reload of the window. @param state what the page kept, by whatever version wrote it */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel, state: unknown): Promise<void> {
    panel.webview.options = this.#options;
    const run = isRecord(state) && typeof state['run'] === 'string' ? state['run'] : null;
    try {
      const folder = run === null ? null : await this.#source.find(run);
      const view = folder === null ? null : await this.#source.view(folder);
      if (folder === null || view === null || this.#panel) {
        panel.dispose();
        return;
      }
      this.#view = view;
      this.#folder = folder;
      this.#adopt(panel);
      await this.#listRuns();
    } catch (error) {
      panel.dispose();
      sayError(error);
    }
  }

  /** Asks where, and writes the page that shows the run without an editor. */
  async exportHtml(): Promise<void> {
    const view = this.#view;
    if (!view) return sayNothingShown();
    const content = { view, under: this.#under };
    await saveFile(view.run, 'html', 'HTML page', async () =>
      resultPage(content, await readPageCode(this.#dist, 'report')),
    );
  }

  /** Asks where, and writes what is drawn over time as a table. */
  async exportCsv(): Promise<void> {
    const view = this.#view;
    if (!view) return sayNothingShown();
    await saveFile(view.run, 'csv', 'Table', async () => seriesCsv(view));
  }

  /** Has the page draw its charts as a picture, which is then saved. */
  exportPng(): void {
    if (!this.#panel) sayNothingShown();
    else if (this.#panel.visible) this.#send({ type: 'picture' });
    else {
      this.#pictureWanted = true;
      this.#panel.reveal();
    }
  }

  dispose(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#panel?.dispose();
    this.#registration.dispose();
  }

  get #options(): vscode.WebviewOptions {
    return { enableScripts: true, localResourceRoots: [vscode.Uri.file(path.join(this.#dist, 'webview'))] };
  }

  #adopt(panel: vscode.WebviewPanel): void {
    this.#panel = panel;
    void vscode.commands.executeCommand('setContext', CONTEXT, true);
    panel.webview.onDidReceiveMessage((message: FromResult) => this.#receive(message));
    panel.onDidDispose(() => {
      this.#panel = null;
      this.#view = null;
      this.#under = null;
      void vscode.commands.executeCommand('setContext', CONTEXT, false);
    });
    const file = (name: string): vscode.Uri => vscode.Uri.file(path.join(this.#dist, 'webview', name));
    panel.webview.html = pageHtml(panel.webview, 'Result', file('report.js'), file('report.css'));
  }

  #send(message: ToResult): void {
    if (this.#panel?.visible) void this.#panel.webview.postMessage(message);
  }

  #receive(message: FromResult): void {
    if (message.type === 'ready') this.#tellAll();
    else if (message.type === 'stretch')
      void this.#beside((folder) => this.#source.stretch(folder, message.from, message.to));
    else if (message.type === 'again') void this.#beside((folder) => this.#source.findAgain(folder));
    else if (message.type === 'view') void this.#beside((folder) => this.#source.graph(folder, message.view));
    else if (message.type === 'open') {
      void openSource(baseOfRun(this.#folder), { ...message, column: 0 }, this.#panel?.viewColumn);
    } else if (message.type === 'under') void this.#layUnder(message.run);
    else if (message.type === 'picture') void this.#savePicture(message.base64);
    else if (message.as === 'html') void this.exportHtml();
    else void this.exportCsv();
  }

  #tellAll(): void {
    if (!this.#view) return;
    this.#sentAt = performance.now();
    this.#send({ type: 'view', view: this.#view });
    this.#send({ type: 'under', view: this.#under });
    this.#send({ type: 'runs', runs: this.#runs });
    if (this.#pictureWanted) this.#send({ type: 'picture' });
    this.#pictureWanted = false;
  }

  async #listRuns(): Promise<void> {
    const folder = this.#folder;
    try {
      const runs = await this.#source.runs(folder);
      if (folder !== this.#folder) return;
      this.#runs = runs;
      this.#send({ type: 'runs', runs: this.#runs });
    } catch (error) {
      sayError(error);
    }
  }

  async #layUnder(run: string | null): Promise<void> {
    const above = this.#view?.run;
    try {
      const folder = path.dirname(this.#folder);
      const under = run === null ? null : await this.#source.view(path.join(folder, path.basename(run)));
      if (run !== null && under === null) void vscode.window.showWarningMessage(`Run ${run} is no longer kept.`);
      // Another run may have been shown meanwhile.
      if (this.#view?.run !== above) return;
      this.#under = under;
      this.#send({ type: 'under', view: under });
    } catch (error) {
      sayError(error);
    }
  }

  async #beside(show: (folder: string) => Promise<void>): Promise<void> {
    if (!this.#view) return;
    try {
      await show(this.#folder);
    } catch (error) {
      sayError(error);
    }
  }

  async #savePicture(base64: string): Promise<void> {
    if (this.#view) await saveFile(this.#view.run, 'png', 'Picture', async () => Buffer.from(base64, 'base64'));
  }
}

function titleOf({ title }: ResultView): string {
  return `Result ${title}`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function sayNothingShown(): void {
  void vscode.window.showInformationMessage('No result is shown to export: show a run first.');
}
