import { html, type TemplateResult } from 'lit';
import { VIEWS } from './speedscope.ts';

export interface Bar {
  readonly profiles: readonly string[];
  /** Of the profiles, the one shown. */
  readonly profile: number;
  /** Of the {@link VIEWS}. */
  readonly view: number;
  readonly functionsShown: boolean;
  readonly choose: (profile: number) => void;
  readonly show: (view: number) => void;
  readonly toggleFunctions: () => void;
}

/** Which samples are shown and how: what speedscope's own bar has for the pointer alone. */
export function bar({ profiles, profile, view, functionsShown, choose, show, toggleFunctions }: Bar): TemplateResult {
  const chosen = (event: Event): void => choose((event.target as HTMLSelectElement).selectedIndex);
  return html`<select aria-label="Samples shown" @change=${chosen}>
      ${profiles.map((name, index) => html`<option .selected=${index === profile}>${name}</option>`)}
    </select>
    <div class="views" role="group" aria-label="View">
      ${VIEWS.map(
        ({ name }, index) =>
          html`<button type="button" aria-pressed=${index === view} @click=${() => show(index)}>${name}</button>`,
      )}
    </div>
    <button type="button" aria-expanded=${functionsShown} aria-controls="functions" @click=${toggleFunctions}>
      Functions
    </button>`;
}
