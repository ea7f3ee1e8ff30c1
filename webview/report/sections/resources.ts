import { html, type TemplateResult } from 'lit';
import type { Page } from '../page.ts';

/** What the target was short of, or had enough of; the state is a word, its colour says nothing more. */
export function resources({ view }: Page): TemplateResult | null {
  if (view.resources.length === 0) return null;
  return html`<section aria-labelledby="resources">
    <h2 id="resources">What the target had to work with</h2>
    <ul class="resources">
      ${view.resources.map(
        ({ state, sentence }) =>
          html`<li class=${state}><span class="state">${state}</span> <span>${sentence}</span></li>`,
      )}
    </ul>
  </section>`;
}
