import '@vscode-elements/elements/dist/vscode-button/index.js';
import { html, type TemplateResult } from 'lit';
import { duration } from '../../../src/report/figures.ts';
import type { SlowRequest } from '../../../src/report/result-view.ts';
import { PHASE_TEXT } from '../chart/phase-bands.ts';
import { momentText } from '../chart/ticks.ts';
import type { Page } from '../page.ts';
import { PARTS, partsOf } from '../request-parts.ts';
import { table } from './table.ts';

const FIRST = 10;

/** The slowest requests, each with what it spent its time on. */
export function slowest({ view, origin, allSlowest, actions }: Page): TemplateResult | null {
  if (view.slowest.length === 0) return null;
  const shown = allSlowest ? view.slowest : view.slowest.slice(0, FIRST);
  const longest = Math.max(...view.slowest.map(({ end }) => end));
  const severalSteps = new Set(view.slowest.map(({ step }) => step)).size > 1;
  const severalPhases = new Set(view.slowest.map(({ phase }) => phase)).size > 1;
  const words = (title: string) => ({ title, words: true }) as const;
  return html`<section class="wide" aria-labelledby="slowest">
    <h2 id="slowest">Slowest requests</h2>
    <ul class="parts-legend" aria-label="Parts of a request">
      ${PARTS.filter(({ until }) => view.slowest.some((request) => request[until] !== null)).map(({ name, text }) => html`<li><span class="part ${name}" aria-hidden="true"></span>${text}</li>`)}
    </ul>
    ${table({
      caption: 'Slowest requests',
      columns: [
        { title: 'at' },
        { title: 'latency' },
        ...(severalSteps ? [words('step')] : []),
        ...(severalPhases ? [words('phase')] : []),
        { title: 'status' },
        words('where the time went'),
      ],
      rows: shown.map((request) => [
        momentText(Math.round((request.intended - origin) / 10) * 10),
        duration(request.end),
        ...(severalSteps ? [request.step] : []),
        ...(severalPhases ? [PHASE_TEXT[request.phase]] : []),
        request.status === null ? '–' : String(request.status),
        bar(request, longest),
      ]),
    })}
    ${
      view.slowest.length > FIRST
        ? html`<vscode-button secondary @click=${() => actions.showAllSlowest(!allSlowest)}>
            ${allSlowest ? `Show ${FIRST}` : `Show all ${view.slowest.length}`}
          </vscode-button>`
        : null
    }
  </section>`;
}

function bar(request: SlowRequest, longest: number): TemplateResult {
  const parts = partsOf(request);
  const text = parts.map(({ part, ms }) => `${part.text} ${duration(ms)}`).join(', ');
  // As a property: the page's policy allows no style attributes.
  return html`<div class="bar" role="img" aria-label=${text} title=${text}>
    ${parts.map(
      ({ part, ms }) =>
        html`<span class="part ${part.name}" 
          .style=${`width: ${(100 * ms) / Math.max(longest, 1e-9)}%`}></span>`,
    )}
  </div>`;
}
