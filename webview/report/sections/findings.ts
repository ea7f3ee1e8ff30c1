import { html, type TemplateResult } from 'lit';
import type { Page } from '../page.ts';

/** Lines and resources behind the slow requests; a click opens the line. */
export function findings({ view, inEditor, actions }: Page): TemplateResult | null {
  if (view.findings.length === 0) return null;
  return html`<section aria-labelledby="findings">
    <h2 id="findings">While the slow requests waited</h2>
    <ol class="findings">
      ${view.findings.map(({ sentence, file, line }) => {
        if (file === null || line === null) return html`<li>${sentence}</li>`;
        const place = `${file}:${line}`;
        const shown = sentence.includes(place) ? null : html` <code>${place}</code>`;
        return inEditor
          ? html`<li><button class="link" @click=${() => actions.open(file, line)}>${sentence}</button>${shown}</li>`
          : html`<li>${sentence}${shown}</li>`;
      })}
    </ol>
  </section>`;
}
