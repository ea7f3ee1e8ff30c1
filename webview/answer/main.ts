import { html, nothing, render } from 'lit';
import { type AnswerView, answerCsv } from '../../src/report/answer-view.ts';
import type { FromAnswer, ToAnswer } from '../messages.ts';
import { download } from '../report/download.ts';
import type { Page, Section } from './page.ts';
import { curves } from './sections/curves.ts';
import { header } from './sections/header.ts';
import { points } from './sections/points.ts';
import { verdict } from './sections/verdict.ts';

interface VsCodeApi {
  postMessage(message: FromAnswer): void;
}
declare const acquireVsCodeApi: (() => VsCodeApi) | undefined;

/** From the top down. */
const SECTIONS: readonly Section[] = [verdict, curves, points];

const editor = typeof acquireVsCodeApi === 'undefined' ? null : acquireVsCodeApi();
const root = document.getElementById('result')!;
const carried = document.getElementById('tailflame-result')?.textContent;

let view: AnswerView | null = carried ? (JSON.parse(carried) as AnswerView) : null;

const actions: Page['actions'] = {
  open: (run) => editor?.postMessage({ type: 'open', run }),
  save: (as) => {
    if (editor) editor.postMessage({ type: 'export', as });
    else if (view !== null) download(`${view.kind}.csv`, new Blob([answerCsv(view)], { type: 'text/csv' }));
  },
};

window.addEventListener('message', (event: MessageEvent<ToAnswer>) => {
  ({ view } = event.data);
  show();
});
show();
editor?.postMessage({ type: 'ready' });

function show(): void {
  if (view === null) {
    render(html`<p class="no-run" role="status">Waiting for the first run…</p>`, root);
    return;
  }
  const page: Page = { view, inEditor: editor !== null, actions };
  render(html`${header(page)}<main>${SECTIONS.map((section) => section(page) ?? nothing)}</main>`, root);
}
