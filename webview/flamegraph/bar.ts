import { html, nothing, type TemplateResult } from 'lit';
import { SIGN_WORDS, SIGNS } from '../../src/report/difference-signs.ts';
import type { ViewAction, ViewChoice } from '../messages.ts';
import { VIEWS } from './speedscope.ts';

export interface Bar {
  readonly choices: readonly ViewChoice[];
  /** Of the choices, the id of the one shown. */
  readonly shown: string;
  /** What one sees. */
  readonly sentence: string;
  /** Whether two runs are held against each other, in colours that are then explained. */
  readonly isDifference: boolean;
  readonly actions: readonly ViewAction[];
  /** Of the {@link VIEWS}. */
  readonly view: number;
  readonly functionsShown: boolean;
  readonly choose: (id: string) => void;
  readonly act: (action: ViewAction) => void;
  readonly show: (view: number) => void;
  readonly toggleFunctions: () => void;
}

const ACTION_NAMES: Readonly<Record<ViewAction, string>> = {
  save: 'Save…',
  rename: 'Rename…',
  remove: 'Remove',
  new: 'New view…',
};

/** Which samples are shown and how: what speedscope's own bar has for the pointer alone. */
export function bar(bar: Bar): TemplateResult {
  const { choices, sentence, isDifference, actions, view, functionsShown, choose, act, show, toggleFunctions } = bar;
  const chosen = (event: Event): void => choose((event.target as HTMLSelectElement).value);
  const groups = [...new Set(choices.map(({ group }) => group))];
  return html`<select aria-label="Samples shown" aria-describedby="sentence" @change=${chosen}>
      ${groups.map((group) => optionGroup(group, bar))}
    </select>
    <div class="actions">
      ${actions.map(
        (action) => html`<button type="button" @click=${() => act(action)}>${ACTION_NAMES[action]}</button>`,
      )}
    </div>
    <div class="views" role="group" aria-label="View">
      ${VIEWS.map(
        ({ name }, index) =>
          html`<button type="button" aria-pressed=${index === view} @click=${() => show(index)}>${name}</button>`,
      )}
    </div>
    <button type="button" aria-expanded=${functionsShown} aria-controls="functions" @click=${toggleFunctions}>
      Functions
    </button>
    <p id="sentence" role="status">${sentence}${isDifference ? legend() : nothing}</p>`;
}

function optionGroup(group: string, { choices, shown }: Bar): TemplateResult {
  return html`<optgroup label=${group}>
    ${choices
      .filter((choice) => choice.group === group)
      .map(({ id, name }) => html`<option value=${id} .selected=${id === shown}>${name}</option>`)}
  </optgroup>`;
}

/** The colours of a difference with their signs and words: nobody has to tell them apart by colour. */
function legend(): TemplateResult {
  return html` <span class="legend">${SIGNS.map((sign) => html`<span data-sign=${sign}>${sign} ${SIGN_WORDS[sign]}</span> `)}</span>`;
}
