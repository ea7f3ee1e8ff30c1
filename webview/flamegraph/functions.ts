import { html, type TemplateResult } from 'lit';
import { percent } from '../../src/report/figures.ts';
import type { FrameShare } from './speedscope-file.ts';

export interface Functions {
  readonly frames: readonly FrameShare[];
  readonly selected: number;
  /** What was done last, for those who cannot see it. */
  readonly said: string;
  readonly select: (index: number) => void;
  readonly openSource: () => void;
  readonly showCalls: () => void;
  readonly close: () => void;
}

/** The functions of the samples shown as a list for the keyboard and screen readers, which a canvas has nothing for. */
export function functions(list: Functions): TemplateResult {
  const { frames, selected, said, select, openSource, showCalls } = list;
  return html`<div class="tools">
      <h2 id="functions-title">Functions by time of their own</h2>
      <p role="status">${said}</p>
      <button type="button" ?disabled=${!frames[selected]?.location} @click=${openSource}>Open source</button>
      <button type="button" ?disabled=${!frames[selected]} @click=${showCalls}>Show callers and callees</button>
    </div>
    <div
      class="list"
      role="listbox"
      tabindex="0"
      aria-labelledby="functions-title"
      aria-activedescendant=${`function-${selected}`}
      @keydown=${(event: KeyboardEvent) => receive(event, list)}
    >
      ${frames.map(
        (frame, index) =>
          html`<div
            id=${`function-${index}`}
            role="option"
            aria-selected=${index === selected}
            @click=${() => select(index)}
            @dblclick=${openSource}
          >
            <span class="share">${percent(frame.self)}</span>
            <span class="share dim">${percent(frame.total)} in all</span>
            <span class="name">${frame.name}</span>
            <span class="place dim">${placeOf(frame)}</span>
          </div>`,
      )}
    </div>`;
}

function receive(event: KeyboardEvent, { frames, selected, select, openSource, showCalls, close }: Functions): void {
  const last = frames.length - 1;
  const moves: Readonly<Record<string, number>> = {
    ArrowDown: Math.min(last, selected + 1),
    ArrowUp: Math.max(0, selected - 1),
    Home: 0,
    End: last,
  };
  const to = moves[event.key];
  if (to !== undefined) select(to);
  else if (event.key === 'Enter') openSource();
  else if (event.key === ' ') showCalls();
  else if (event.key === 'Escape') close();
  else return;
  event.preventDefault();
}

function placeOf({ file, location }: FrameShare): string {
  const name = file?.split(/[\\/]/).at(-1) ?? '';
  return location === null ? name : `${name}:${location.line}`;
}
