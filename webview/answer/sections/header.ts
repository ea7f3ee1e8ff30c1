import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, type TemplateResult } from 'lit';
import type { Page } from '../page.ts';

const ASKED = { 'find-rate': 'Highest rate', sweep: 'Settings compared' } as const;

/** What was asked, when, and what can be done with the answer. */
export function header({ view, inEditor, actions }: Page): TemplateResult {
  const started = new Date(view.startedAt);
  const limits = view.objectives.length > 0 ? ` · ${view.objectives.join(', ')}` : '';
  const more = inEditor ? '…' : '';
  return html`<header>
    <div class="names">
      <h1>${ASKED[view.kind]} · ${view.title}</h1>
      <p class="dim">
        <time datetime=${view.startedAt}>${Number.isNaN(started.getTime()) ? view.startedAt : started.toLocaleString()}</time>
        · ${view.points.length} ${view.points.length === 1 ? 'run' : 'runs'} in ${Math.round(view.took / 1000)} s${limits}
      </p>
    </div>
    <div class="tools">
      ${inEditor ? html`<vscode-button secondary @click=${() => actions.save('html')}>Save HTML…</vscode-button>` : null}
      <vscode-button secondary @click=${() => actions.save('csv')}>Save CSV${more}</vscode-button>
    </div>
  </header>`;
}
