import path from 'node:path';
import * as vscode from 'vscode';
import type { FromAnswer, ToAnswer } from '../../../webview/messages.ts';
import { type AnswerView, answerCsv } from '../../report/answer-view.ts';
import { answerPage, readPageCode } from '../../report/offline-page.ts';
import { pageHtml } from './page-html.ts';
import { saveFile } from './save-file.ts';
import { sayError } from './say-error.ts';

const NAMES = { 'find-rate': 'Highest Rate', sweep: 'Settings' } as const;

/** The one panel of a window that shows a search for the highest rate, or a comparison of settings. A hidden page is told nothing. */
export class AnswerPanel implements vscode.Disposable {
  readonly #dist: string;
  readonly #openRun: (run: string) => Promise<void>;
  #panel: vscode.WebviewPanel | null = null;
  #view: AnswerView | null = null;
  #closed: string | null = null;

  /** @param dist the folder of the bundles @param openRun shows a run, by its folder's name; what it throws is told */
  constructor(dist: string, openRun: (run: string) => Promise<void>) {
    this.#dist = dist;
    this.#openRun = openRun;
  }

  /** Shows an answer, or how far it has come. Who closed the panel while it goes on is shown it again only at its end. */
  show(view: AnswerView): void {
    const going = view.status === null;
    this.#view = view;
    if (this.#panel) {
      this.#panel.title = titleOf(view);
      if (!going) this.#panel.reveal(undefined, true);
      this.#send();
    } else if (!going || this.#closed !== view.startedAt) this.#open(view);
  }

  dispose(): void {
    this.#panel?.dispose();
  }

  #open(view: AnswerView): void {
    const folder = vscode.Uri.file(path.join(this.#dist, 'webview'));
    const panel = vscode.window.createWebviewPanel(
      'tailflame.answer',
      titleOf(view),
      { viewColumn: vscode.ViewColumn.Active, preserveFocus: true },
      { enableScripts: true, localResourceRoots: [folder] },
    );
    panel.webview.onDidReceiveMessage((message: FromAnswer) => this.#receive(message));
    panel.onDidDispose(() => {
      this.#closed = this.#view?.startedAt ?? null;
      this.#panel = null;
    });
    const file = (name: string): vscode.Uri => vscode.Uri.joinPath(folder, name);
    panel.webview.html = pageHtml(panel.webview, 'Answer', file('answer.js'), file('answer.css'));
    this.#panel = panel;
  }

  #send(): void {
    if (!this.#view || !this.#panel?.visible) return;
    const message: ToAnswer = { type: 'view', view: this.#view };
    void this.#panel.webview.postMessage(message);
  }

  #receive(message: FromAnswer): void {
    if (message.type === 'ready') this.#send();
    else if (message.type === 'open') void this.#openRun(message.run).catch(sayError);
    else void this.#export(message.as);
  }

  async #export(as: 'html' | 'csv'): Promise<void> {
    const view = this.#view;
    if (!view) return;
    await saveFile(view.kind, as, as === 'csv' ? 'Table' : 'HTML page', async () =>
      as === 'csv' ? answerCsv(view) : answerPage(view, await readPageCode(this.#dist, 'answer')),
    );
  }
}

function titleOf({ kind, title }: AnswerView): string {
  return `${NAMES[kind]} ${title}`;
}
