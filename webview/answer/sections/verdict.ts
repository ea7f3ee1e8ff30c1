import { html, type TemplateResult } from 'lit';
import type { AnswerView } from '../../../src/report/answer-view.ts';
import type { Page } from '../page.ts';

const LOOK: Readonly<Record<NonNullable<AnswerView['status']>, readonly [state: string, mark: string]>> = {
  found: ['passed', '✓'],
  none: ['failed', '✗'],
  unresolved: ['inconclusive', '?'],
  measured: ['measured', '●'],
};

/** The answer in words, or what is being done to get it. */
export function verdict({ view }: Page): TemplateResult {
  if (view.status === null) {
    return html`<section class="verdict running" aria-label="Answer">
      <span class="mark" aria-hidden="true">●</span>
      <p class="sentence">${view.progress ?? 'It has not ended.'}</p>
    </section>`;
  }
  const [state, mark] = LOOK[view.status];
  return html`<section class="verdict ${state}" aria-label="Answer">
    <span class="mark" aria-hidden="true">${mark}</span>
    <div aria-live="polite">
      <p class="sentence">${view.sentence}</p>
      ${view.saturated === null ? null : html`<p>${view.saturated}</p>`}
      ${view.batching === null ? null : html`<p>The server makes ${view.batching}.</p>`}
    </div>
  </section>`;
}
