import { html, type TemplateResult } from 'lit';
import type { FunctionRow } from './speedscope-file.ts';

export interface Functions {
  readonly rows: readonly FunctionRow[];
  readonly selected: number;
  /** What was done last, for those who cannot see it. */
  readonly said: string;
  /** In a difference a function is in the graph once for each of its signs, so there are no callers and callees of it. */
  readonly isDifference: boolean;
  readonly select: (index: number) => void;
  readonly openSource: () => void;
  readonly showCalls: () => void;
  readonly close: () => void;
}

/** The functions of the samples shown as a list for the keyboard and screen readers, which a canvas has nothing for. */
export function functions(list: Functions): TemplateResult {
  const { rows, selected, said, isDifference, select, openSource, showCalls } = list;
  const title = isDifference ? 'Functions by how much their own time differs' : 'Functions by time of their own';
  return html`<div class="tools">
      <h2 id="functions-title">${title}</h2>
      <p role="status">${said}</p>
      <button type="button" ?disabled=${!rows[selected]?.location} @click=${openSource}>Open source</button>
      <button type="button" ?disabled=${isDifference || !rows[selected]} @click=${showCalls}>Show callers and callees</button>
    </div>
    <div
      class=${isDifference ? 'list changes' : 'list'}
      role="listbox"
      tabindex="0"
      aria-labelledby="functions-title"
      aria-activedescendant=${`function-${selected}`}
      @keydown=${(event: KeyboardEvent) => receive(event, list)}
    >
      ${rows.map(
        (row, index) =>
          html`<div
            id=${`function-${index}`}
            role="option"
            aria-selected=${index === selected}
            @click=${() => select(index)}
            @dblclick=${openSource}
          >
            <span class="share">${row.own}</span>
            <span class="share dim">${row.all}</span>
            <span class="name">${row.name}</span>
            <span class="place dim">${placeOf(row)}</span>
          </div>`,
      )}
    </div>`;
}

function receive(
  event: KeyboardEvent,
  { rows, selected, isDifference, select, openSource, showCalls, close }: Functions,
): void {
  const last = rows.length - 1;
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: Math.min(last, selected + 1),
    ArrowUp: Math.max(0, selected - 1),
    Home: 0,
    End: last,
  };
  const to = moves[event.key];
  if (to !== undefined) select(to);
  else if (event.key === 'Enter') openSource();
  else if (event.key === ' ') {
    if (!isDifference) showCalls();
  } else if (event.key === 'Escape') close();
  else return;
  event.preventDefault();
}

function placeOf({ file, location }: FunctionRow): string {
  const name = file?.split(/[\\/]/).at(-1) ?? '';
  return location === null ? name : `${name}:${location.line}`;
}
