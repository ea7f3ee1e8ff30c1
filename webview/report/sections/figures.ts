import { html, type TemplateResult } from 'lit';
import { figure } from '../../../src/load/measure/figure.ts';
import { duration } from '../../../src/report/figures.ts';
import type { ResultFigures, ResultView } from '../../../src/report/result-view.ts';
import { changeText } from '../change.ts';
import type { Page } from '../page.ts';
import { countText } from './table.ts';

interface Tile {
  readonly name: string;
  readonly value: (figures: ResultFigures) => number | null;
  readonly text: (value: number) => string;
  readonly lost?: true;
  readonly main?: true;
}

const COUNTS: readonly Tile[] = [
  { name: 'answered', value: ({ answered }) => answered, text: countText },
  { name: 'failed', value: ({ failed }) => failed, text: countText, lost: true },
  { name: 'dropped', value: ({ dropped }) => dropped, text: countText, lost: true },
];
const LATENCIES: readonly Tile[] = [
  { name: 'p50', value: ({ p50 }) => p50, text: duration },
  { name: 'p90', value: ({ p90 }) => p90, text: duration },
  { name: 'p95', value: ({ p95 }) => p95, text: duration },
  { name: 'p99', value: ({ p99 }) => p99, text: duration, main: true },
  { name: 'p99.9', value: ({ p999 }) => p999, text: duration },
  { name: 'max', value: ({ max }) => max, text: duration },
];

/** The run's figures, each with that of the run laid under it and the difference. */
export function figures({ view, under }: Page): TemplateResult {
  return html`<section class="figures-section" aria-label="Figures">
    <dl class="tiles">
      ${rateTile(view.figures, under)}
      ${[...COUNTS, ...LATENCIES].map((tile) => template(tile, view.figures, under))}
    </dl>
    ${note(view)}
    ${under ? html`<p class="dim note">Beneath each figure: run ${under.run}, laid under this one.</p>` : null}
  </section>`;
}

/** Why a figure is not known. */
function note({ figures: own, verdict, phases }: ResultView): TemplateResult | null {
  if (verdict === null && !phases.some(({ phase }) => phase === 'measured')) {
    return html`<p class="dim note">Nothing is counted while it warms up.</p>`;
  }
  const unknown = LATENCIES.filter(({ value }) => value(own) === null).map(({ name }) => name);
  if (unknown.length === 0) return null;
  return html`<p class="dim note">${unknown.join(', ')}: unknown, too few answered requests to tell.</p>`;
}

function rateTile(own: ResultFigures, under: ResultView | null): TemplateResult {
  const asked = own.rateAsked === null ? null : html`<span class="of">of ${figure(own.rateAsked)} asked</span>`;
  return html`<div class="tile rate">
    <dt>rate</dt>
    <dd><span class="value">${figure(own.rateGot)}/s</span> ${asked}${before(own.rateGot, under?.figures.rateGot, (rate) => `${figure(rate)}/s`)}</dd>
  </div>`;
}

function template(
  { name, value, text, lost, main }: Tile,
  own: ResultFigures,
  under: ResultView | null,
): TemplateResult {
  const now = value(own);
  const marked = lost && now !== null && now > 0 ? 'lost' : '';
  return html`<div class="tile ${main ? 'main' : ''}">
    <dt>${name}</dt>
    <dd>
      <span class="value ${now === null ? 'dim' : marked}">${now === null ? 'unknown' : text(now)}</span>
      ${under ? before(now, value(under.figures), text) : null}
    </dd>
  </div>`;
}

/** What it was in the other run, and how much more or less it is now. */
function before(
  now: number | null,
  then: number | null | undefined,
  text: (value: number) => string,
): TemplateResult | null {
  if (then === undefined) return null;
  return html`<span class="before">${then === null ? 'unknown' : text(then)} <b>${changeText(now, then)}</b></span>`;
}
