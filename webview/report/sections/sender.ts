import { html, type TemplateResult } from 'lit';
import type { Page } from '../page.ts';

/** How Tailflame itself fared: how far the figures can be trusted. */
export function sender({ view }: Page): TemplateResult | null {
  if (view.sender.length === 0) return null;
  return html`<section aria-labelledby="sender">
    <h2 id="sender">How the sender fared</h2>
    <ul class="plain">${view.sender.map((fact) => html`<li>${fact}</li>`)}</ul>
  </section>`;
}
