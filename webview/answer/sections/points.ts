import { html, type TemplateResult } from 'lit';
import { type AnswerPoint, perSecond } from '../../../src/report/answer-view.ts';
import { type Column, latencyCell, lostCell, table } from '../../report/sections/table.ts';
import type { Page } from '../page.ts';

interface Shown extends Column {
  readonly cell: (point: AnswerPoint, index: number) => string | TemplateResult;
  /** Whether there is anything to show in it; absent: always. */
  readonly known?: (point: AnswerPoint) => boolean;
}

/** Every setting that was tried, with its figures and whether it holds. */
export function points({ view, inEditor, actions }: Page): TemplateResult | null {
  if (view.points.length === 0) return null;
  const rate = (of: 'requestsPerSecond' | 'rowsPerSecond' | 'tokensPerSecond', title: string): Shown => ({
    title,
    cell: (point) => perSecond(point[of]),
    known: (point) => point[of] !== null,
  });
  const latency = (of: 'p50' | 'p95' | 'p99' | 'ttftP50' | 'ttftP99' | 'batchQueue', title: string): Shown => ({
    title,
    cell: (point) => latencyCell(point[of]),
    ...(of.startsWith('p') ? {} : { known: (point: AnswerPoint) => point[of] !== null }),
  });
  const all: readonly Shown[] = [
    { title: view.varied, words: true, cell: ({ label }) => label },
    { title: 'holds', words: true, cell: ({ ok }) => holdsCell(ok) },
    rate('requestsPerSecond', 'answered'),
    rate('rowsPerSecond', 'rows'),
    rate('tokensPerSecond', 'tokens'),
    latency('p50', 'p50'),
    latency('p95', 'p95'),
    latency('p99', 'p99'),
    latency('ttftP50', 'first token p50'),
    latency('ttftP99', 'first token p99'),
    {
      title: 'rows a batch',
      cell: ({ rowsPerBatch }) => (rowsPerBatch === null ? 'unknown' : String(Number(rowsPerBatch.toPrecision(3)))),
      known: ({ rowsPerBatch }) => rowsPerBatch !== null,
    },
    latency('batchQueue', 'wait for a batch'),
    { title: 'failed', cell: ({ failed }) => lostCell(failed) },
    {
      title: 'cost of 1,000',
      cell: ({ costPer1000 }) => (costPer1000 === null ? 'unknown' : String(Number(costPer1000.toPrecision(3)))),
      known: ({ costPer1000 }) => costPer1000 !== null,
    },
    { title: 'why', words: true, cell: (point, index) => why(point, index, view), known: whyKnown(view) },
    { title: 'run', words: true, cell: ({ runs }) => runsCell(runs, inEditor, actions.open) },
  ];
  const shown = all.filter(({ known }) => known === undefined || view.points.some(known));
  return html`<section class="wide" aria-labelledby="points">
    <h2 id="points">${view.kind === 'sweep' ? 'Settings' : 'Probes'}</h2>
    ${table({
      caption: view.kind === 'sweep' ? 'Settings that were compared' : 'Probes in the order they were made',
      columns: shown,
      rows: view.points.map((point, index) => shown.map(({ cell }) => cell(point, index))),
    })}
  </section>`;
}

function whyKnown(view: Page['view']): (point: AnswerPoint) => boolean {
  return ({ reason }) => reason !== null || view.knee !== null || view.best !== null;
}

function holdsCell(ok: boolean | null): TemplateResult {
  if (ok === null) return html`<span class="dim">–</span>`;
  return ok ? html`<span class="holds">✓ yes</span>` : html`<span class="lost">✗ no</span>`;
}

function why({ reason }: AnswerPoint, index: number, { knee, best }: Page['view']): TemplateResult {
  const marks = [...(index === best ? ['the best'] : []), ...(index === knee ? ['the knee'] : [])].join(', ');
  return html`${marks === '' ? null : html`<strong>${marks}</strong> `}<span class="example">${reason ?? ''}</span>`;
}

/** Runs are opened in the editor; in a file there is nowhere to. */
function runsCell(runs: readonly string[], inEditor: boolean, open: (run: string) => void): TemplateResult {
  return html`${runs.map((run) => {
    const name = run.split(/[\\/]/).at(-1)!;
    return inEditor
      ? html`<button class="link" type="button" @click=${() => open(name)}>${name}</button> `
      : html`<span>${name}</span> `;
  })}`;
}
