import { html, type TemplateResult } from 'lit';
import { percent } from '../../../src/report/figures.ts';
import type { Page } from '../page.ts';
import { countText, latencyCell, table } from './table.ts';

/** Latency by the value of a response header. */
export function split({ view }: Page): TemplateResult | null {
  if (view.split === null || view.split.groups.length === 0) return null;
  const { header, groups } = view.split;
  const all = groups.reduce((sum, { answered }) => sum + answered, 0);
  const names = ['answered', 'share', 'p50', 'p95', 'p99'];
  return html`<section aria-labelledby="split">
    <h2 id="split">By <code>${header}</code></h2>
    ${table({
      caption: `Latency by ${header}`,
      columns: [{ title: 'value', words: true }, ...names.map((title) => ({ title }))],
      rows: groups.map(({ value, answered, p50, p95, p99 }) => [
        value,
        countText(answered),
        all === 0 ? '–' : percent(answered / all),
        ...[p50, p95, p99].map(latencyCell),
      ]),
    })}
  </section>`;
}
