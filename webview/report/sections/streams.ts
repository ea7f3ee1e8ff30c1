import { html, type TemplateResult } from 'lit';
import { fineDuration } from '../../../src/report/figures.ts';
import type { StreamTimes } from '../../../src/report/result-view.ts';
import type { Page } from '../page.ts';
import { countText, table } from './table.ts';

const PERCENTILES = ['p50', 'p90', 'p95', 'p99', 'max'] as const;

/** What streams came to, every figure with its definition, and that of the run laid under it. */
export function streams({ view, under }: Page): TemplateResult | null {
  if (view.streams === null) return null;
  const { times, facts } = view.streams;
  const words = (title: string) => ({ title, words: true }) as const;
  return html`<section class="wide" aria-labelledby="streams">
    <h2 id="streams">Streams</h2>
    <dl class="tiles facts">
      ${facts.map(
        ({ name, text, definition }) => html`<div class="tile">
          <dt>${name}</dt>
          <dd><span class="value ${text === 'unknown' ? 'dim' : ''}">${text}</span><span class="before">${definition}</span></dd>
        </div>`,
      )}
    </dl>
    ${table({
      caption: 'Times of streams',
      columns: [words(''), { title: 'count' }, ...PERCENTILES.map((title) => ({ title })), words('counted')],
      rows: times.flatMap((own) => [
        [own.name, countText(own.count), ...cells(own), definitionCell(own.definition)],
        ...before(own, under?.streams?.times),
      ]),
    })}
  </section>`;
}

/** The same times of the run laid under this one. */
function before({ key }: StreamTimes, others: readonly StreamTimes[] | undefined): (string | TemplateResult)[][] {
  const other = others?.find((one) => one.key === key);
  return other === undefined ? [] : [['before', countText(other.count), ...cells(other), '']];
}

function cells(times: StreamTimes): TemplateResult[] {
  return PERCENTILES.map((name) => {
    const ms = times[name];
    return ms === null ? html`<span class="dim">unknown</span>` : html`${fineDuration(ms)}`;
  });
}

function definitionCell(text: string): TemplateResult {
  return html`<span class="dim">${text}</span>`;
}
