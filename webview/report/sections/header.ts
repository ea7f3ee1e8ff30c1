import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import { html, type TemplateResult } from 'lit';
import type { Page } from '../page.ts';

/** What was run, when, and what can be done with the result. */
export function header({ view, under, runs, inEditor, actions }: Page): TemplateResult {
  const started = new Date(view.startedAt);
  const others = runs.filter(({ name }) => name !== view.run);
  return html`<header>
    <div class="names">
      <h1>${view.title}</h1>
      <p class="dim">
        <time datetime=${view.startedAt}>${Number.isNaN(started.getTime()) ? view.startedAt : started.toLocaleString()}</time>
        · run ${view.run}${under && !inEditor ? ` · over run ${under.run}` : ''}
      </p>
    </div>
    <div class="tools">
      ${inEditor ? underSelector(others, under?.run ?? '', actions.layUnder) : null}
      ${inEditor ? html`<vscode-button secondary @click=${() => actions.save('html')}>Save HTML…</vscode-button>` : null}
      <vscode-button secondary @click=${() => actions.save('png')}>Save PNG${inEditor ? '…' : ''}</vscode-button>
      <vscode-button secondary @click=${() => actions.save('csv')}>Save CSV${inEditor ? '…' : ''}</vscode-button>
    </div>
  </header>`;
}

function underSelector(runs: Page['runs'], chosen: string, layUnder: (run: string | null) => void): TemplateResult {
  const choose = (event: Event): void => {
    const { value } = event.target as HTMLElement & { readonly value: string };
    layUnder(value === '' ? null : value);
  };
  return html`<vscode-single-select
    label="Earlier run to lay under this one"
    ?disabled=${runs.length === 0}
    @change=${choose}
  >
    <vscode-option value="" ?selected=${chosen === ''}>
      ${runs.length === 0 ? 'No earlier run to compare' : 'Compare with…'}
    </vscode-option>
    ${runs.map(
      ({ name, label }) => html`<vscode-option value=${name} ?selected=${name === chosen}>${label}</vscode-option>`,
    )}
  </vscode-single-select>`;
}
