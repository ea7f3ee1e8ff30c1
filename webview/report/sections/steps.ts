import { html, type TemplateResult } from 'lit';
import type { Page } from '../page.ts';
import { countText, latencyCell, lostCell, table } from './table.ts';

/** The steps of a run of several; one alone would repeat the run's own figures. */
export function steps({ view }: Page): TemplateResult | null {
  if (view.steps.length < 2) return null;
  const names = ['answered', 'failed', 'skipped', 'p50', 'p95', 'p99'];
  return html`<section aria-labelledby="steps">
    <h2 id="steps">Steps</h2>
    ${table({
      caption: 'Steps',
      columns: [{ title: 'step', words: true }, ...names.map((title) => ({ title }))],
      rows: view.steps.map(({ name, answered, failed, skipped, p50, p95, p99 }) => [
        name,
        countText(answered),
        lostCell(failed),
        countText(skipped),
        ...[p50, p95, p99].map(latencyCell),
      ]),
    })}
  </section>`;
}
