import { html, type TemplateResult } from 'lit';
import { duration } from '../../../src/report/figures.ts';

type Cell = string | TemplateResult;

/** A table whose first column names the row. */
export interface Table {
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

export interface Column {
  readonly title: string;
  /** Figures stand at the right, words at the left. */
  readonly words?: true;
}

export function table({ caption, columns, rows }: Table): TemplateResult {
  return html`<div class="scroll" role="region" aria-label=${caption} tabindex="0">
    <table>
      <caption class="unseen">${caption}</caption>
      <thead>
        <tr>${columns.map(({ title, words }) => html`<th scope="col" class=${words ? 'words' : 'figures'}>${title}</th>`)}</tr>
      </thead>
      <tbody>
        ${rows.map(
          ([name, ...cells]) =>
            html`<tr>
              <th scope="row" class=${columns[0]?.words ? 'words' : 'figures'}>${name}</th>
              ${cells.map((cell, index) => html`<td class=${columns[index + 1]?.words ? 'words' : 'figures'}>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

/** A percentile in a table; where it is unknown that is said more quietly. */
export function latencyCell(ms: number | null): TemplateResult {
  return ms === null ? html`<span class="dim">unknown</span>` : html`${duration(ms)}`;
}

/** A count that should be none. */
export function lostCell(count: number): TemplateResult {
  const text = count.toLocaleString('en-US');
  return count > 0 ? html`<strong class="lost">${text}</strong>` : html`${text}`;
}

export function countText(count: number): string {
  return count.toLocaleString('en-US');
}
