import { html, type TemplateResult } from 'lit';
import type { Page } from '../page.ts';

/** What was asked of the run, and whether it held. */
export function objectives({ view }: Page): TemplateResult | null {
  if (view.objectives.length === 0) return null;
  return html`<section aria-labelledby="objectives">
    <h2 id="objectives">Objectives</h2>
    <ul class="objectives">
      ${view.objectives.map(({ objective, sentence, ok }) => {
        const [mark, name, ended] =
          ok === null ? ['?', 'untold', "Can't tell"] : ok ? ['✓', 'met', 'Met'] : ['✗', 'missed', 'Missed'];
        const word = view.verdict === null ? `${ended}${ok === null ? ' yet' : ' so far'}` : ended;
        return html`<li class=${name}>
          <span class="mark" role="img" aria-label=${word}>${mark}</span>
          <span><code>${objective}</code> <span class="told">${sentence}</span></span>
        </li>`;
      })}
    </ul>
  </section>`;
}
