import { html, type TemplateResult } from 'lit';
import type { Page } from '../page.ts';

/** The flame graph that shows what the findings say. */
export function findingViews({ view, inEditor, actions }: Page): TemplateResult | null {
  if (!inEditor || !view.profiled || view.findings.length === 0) return null;
  return html`<p>
    <button class="link" @click=${() => actions.showView({ kind: 'slow' })}>Flame graph of the slow requests</button>
  </p>`;
}
