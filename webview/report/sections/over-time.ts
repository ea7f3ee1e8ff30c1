import { html, type TemplateResult } from 'lit';
import { figure } from '../../../src/load/measure/figure.ts';
import { duration } from '../../../src/report/figures.ts';
import { rateSeries } from '../../../src/report/rate-series.ts';
import type { ResultView } from '../../../src/report/result-view.ts';
import { momentText } from '../chart/ticks.ts';
import type { Page } from '../page.ts';
import { table } from './table.ts';

/** The charts on one axis of time, and the same as a table. */
export function overTime({ view, time, origin, tableOpen, actions }: Page): TemplateResult {
  return html`<section class="wide" aria-labelledby="over-time">
    <h2 id="over-time">Over time</h2>
    <p id="time-keys" class="unseen">
      Arrow keys move the selected stretch, with shift they extend it, Enter shows its flame graph, Escape clears it.
    </p>
    ${time.element}
    <details ?open=${tableOpen} @toggle=${(event: Event) => actions.showTable((event.target as HTMLDetailsElement).open)}>
      <summary>As a table</summary>
      ${tableOpen ? timeTable(view, origin) : null}
    </details>
  </section>`;
}

function timeTable(view: ResultView, origin: number): TemplateResult {
  const { overTime: series } = view;
  const asked = rateSeries(view, series.asked);
  const rate = (value: number | null | undefined): string =>
    value === null || value === undefined ? '–' : figure(value);
  const latency = (ms: number | null | undefined): string => duration(ms ?? null);
  return table({
    caption: 'Over time',
    columns: ['from', 'asked /s', 'got /s', 'p50', 'p95', 'p99', 'failed', 'in flight'].map((title) => ({ title })),
    rows: rateSeries(view, series.got).map((got, bucket) => [
      momentText(Math.round(series.start + bucket * series.width - origin)),
      rate(asked[bucket]),
      rate(got),
      latency(series.p50[bucket]),
      latency(series.p95[bucket]),
      latency(series.p99[bucket]),
      figure(series.failed[bucket] ?? 0),
      figure(series.inFlight[bucket] ?? 0),
    ]),
  });
}
