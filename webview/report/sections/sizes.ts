import { html, type TemplateResult } from 'lit';
import type { Page } from '../page.ts';
import { countText, latencyCell, lostCell, table } from './table.ts';

/** Latency by the size of requests. */
export function sizes({ view }: Page): TemplateResult | null {
  if (view.sizes === null) return null;
  const { unit, groups } = view.sizes;
  const streams = groups.some(({ ttft }) => ttft !== null);
  const names = ['answered', 'failed', 'p50', 'p95', 'p99', ...(streams ? ['TTFT p50', 'TTFT p99'] : [])];
  return html`<section aria-labelledby="sizes">
    <h2 id="sizes">By ${unit} of a request</h2>
    ${table({
      caption: `Latency by ${unit}`,
      columns: [{ title: unit }, ...names.map((title) => ({ title }))],
      rows: groups.map(({ from, to, answered, failed, p50, p95, p99, ttft }) => [
        from === to ? countText(from) : `${countText(from)}–${countText(to)}`,
        countText(answered),
        lostCell(failed),
        ...[p50, p95, p99].map(latencyCell),
        ...(streams ? [latencyCell(ttft?.p50 ?? null), latencyCell(ttft?.p99 ?? null)] : []),
      ]),
    })}
  </section>`;
}
