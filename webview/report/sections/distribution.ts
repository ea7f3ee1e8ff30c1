import { html, type TemplateResult } from 'lit';
import { duration } from '../../../src/report/figures.ts';
import { changeText } from '../change.ts';
import { latencyAtQuantile, quantileText } from '../chart/quantile-axis.ts';
import type { Page } from '../page.ts';
import { table } from './table.ts';

const LISTED = [0, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999];

/** How latencies are spread, with as much room for each further nine. */
export function distribution({ view, under, distribution: chart }: Page): TemplateResult | null {
  // One point is no distribution.
  if (view.distribution.length < 2) return null;
  return html`<section aria-labelledby="distribution">
    <h2 id="distribution">Latency distribution</h2>
    ${chart.element}
    ${quantileTable(view.distribution, under?.distribution ?? null)}
  </section>`;
}

type Points = Page['view']['distribution'];

function quantileTable(own: Points, under: Points | null): TemplateResult {
  const now = (quantile: number): number | null => latencyAtQuantile(own, quantile);
  const then = (quantile: number): number | null => latencyAtQuantile(under ?? [], quantile);
  const listed = LISTED.filter((quantile) => now(quantile) !== null);
  return table({
    caption: 'Latency by percentile',
    columns: [{ title: '', words: true }, ...listed.map((quantile) => ({ title: quantileText(quantile) }))],
    rows: [
      ['latency', ...listed.map((quantile) => duration(now(quantile)))],
      ...(under === null
        ? []
        : [
            ['before', ...listed.map((quantile) => duration(then(quantile)))],
            ['change', ...listed.map((quantile) => changeText(now(quantile), then(quantile)))],
          ]),
    ],
  });
}
