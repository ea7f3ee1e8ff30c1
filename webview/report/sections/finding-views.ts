import { html, type TemplateResult } from 'lit';
import type { Page } from '../page.ts';

/** The flame graph that shows what the findings say. */
export function findingViews({ view, inEditor, actions }: Page): TemplateResult | null {
  if (!inEditor || !view.profiled || view.findings.length === 0) return null;
  const [kind, name] =
    view.streams === null ? (['slow', 'requests'] as const) : (['first-token', 'first tokens'] as const);
  return html`<p>
    <button class="link" @click=${() => actions.showView({ kind })}>Flame graph of the slow ${name}</button>
  </p>`;
}
