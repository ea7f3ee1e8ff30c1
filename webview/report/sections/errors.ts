import { html, type TemplateResult } from 'lit';
import type { Page } from '../page.ts';
import { lostCell, table } from './table.ts';

/** What went wrong, the most frequent first. */
export function errors({ view }: Page): TemplateResult | null {
  if (view.errors.length === 0) return null;
  return html`<section aria-labelledby="errors">
    <h2 id="errors">Errors</h2>
    ${table({
      caption: 'Errors',
      columns: [{ title: 'kind', words: true }, { title: 'requests' }, { title: 'for example', words: true }],
      rows: view.errors.map(({ kind, count, example }) => [
        kind,
        lostCell(count),
        html`<span class="example">${example}</span>`,
      ]),
    })}
  </section>`;
}
