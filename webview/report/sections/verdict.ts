import { html, type TemplateResult } from 'lit';
import type { ResultVerdict } from '../../../src/report/result-view.ts';
import type { Page } from '../page.ts';

const MARK: Readonly<Record<ResultVerdict['status'], string>> = {
  passed: '✓',
  failed: '✗',
  void: '!',
  inconclusive: '?',
  measured: '●',
};

/** How it ended, in words, or what it does at the moment. */
export function verdict({ view }: Page): TemplateResult {
  const { verdict: told, progress } = view;
  if (told === null) {
    return html`<section class="verdict running" aria-label="Verdict">
      <span class="mark" aria-hidden="true">●</span>
      <p class="sentence">${progress ?? 'It has not ended.'}</p>
    </section>`;
  }
  const reasons = told.reasons.filter((reason) => !told.sentence.includes(reason));
  return html`<section class="verdict ${told.status}" aria-label="Verdict">
    <span class="mark" aria-hidden="true">${MARK[told.status]}</span>
    <div aria-live="polite">
      <p class="sentence">${told.sentence}</p>
      ${reasons.length > 0 ? html`<ul>${reasons.map((reason) => html`<li>${reason}</li>`)}</ul>` : null}
    </div>
  </section>`;
}
