import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, type TemplateResult } from 'lit';
import type { Page } from '../page.ts';

/** Lines and resources behind the slow requests, with what else is known of each; a click opens the line. */
export function findings({ view, inEditor, actions }: Page): TemplateResult | null {
  const again =
    inEditor && view.findingsLoad
      ? html`<p>
          <vscode-button secondary @click=${actions.findAgain}>Find slow lines with ${view.findingsLoad}</vscode-button>
        </p>`
      : null;
  const note = view.findingsNote ? html`<p class="evidence">${view.findingsNote}</p>${again}` : null;
  if (view.findings.length === 0) {
    if (note === null) return null;
    return html`<section aria-labelledby="findings"><h2 id="findings">Findings</h2>${note}</section>`;
  }
  return html`<section aria-labelledby="findings">
    <h2 id="findings">While the slow requests waited</h2>
    <ol class="findings">
      ${view.findings.map(({ sentence, file, line, evidence = [] }) => {
        const more = evidence.map((text) => html`<div class="evidence">${text}</div>`);
        if (file === null || line === null) return html`<li>${sentence}${more}</li>`;
        const place = `${file}:${line}`;
        const shown = sentence.includes(place) ? null : html` <code>${place}</code>`;
        return inEditor
          ? html`<li>
              <button class="link" @click=${() => actions.open(file, line)}>${sentence}</button>${shown}${more}
            </li>`
          : html`<li>${sentence}${shown}${more}</li>`;
      })}
    </ol>
    ${note}
  </section>`;
}
