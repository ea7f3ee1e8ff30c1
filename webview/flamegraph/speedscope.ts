import {
  cssColour,
  DARK_COLOURS,
  type DifferenceColours,
  LIGHT_COLOURS,
  signOfName,
  signRanges,
} from './difference-colours.ts';
import { readableRule } from './readable-rule.ts';
import { SignShader } from './sign-shader.ts';
import type { FunctionRow } from './speedscope-file.ts';

declare global {
  interface Window {
    /** Defined by speedscope when it has mounted. */
    speedscope?: { loadFileFromBase64(name: string, base64: string): void };
  }
}

/** Of the flame graph, in the order and with the names of speedscope's own keys. */
export const VIEWS = [
  { key: '1', name: 'Time Order' },
  { key: '2', name: 'Left Heavy' },
  { key: '3', name: 'Sandwich' },
] as const;
export const LEFT_HEAVY = 1;
const SANDWICH = 2;

const LABEL =
  'Flame graph. Arrow keys move it, plus and minus zoom, 0 shows all of it; n and p show the next and the previous of the samples listed. Control F looks for a function, Enter goes to the next one found; then Tab leads to its source line.';
/** How often a list is scrolled on to find a row: one that never comes is given up. */
const MOST_STEPS = 500;

/**
 * speedscope as it stands in the page, driven by the keys and clicks that a person has. Its bar of tabs, which no keyboard reaches, is
 * hidden by the page's style; what it knows is still read from there.
 */
export class Speedscope {
  readonly #root: HTMLElement;

  readonly #signs: SignShader;
  readonly #colours: DifferenceColours;
  #isDifference = false;

  private constructor(root: HTMLElement, { signs, colours }: Prepared) {
    this.#root = root;
    this.#signs = signs;
    this.#colours = colours;
    root.tabIndex = 0;
    root.setAttribute('role', 'application');
    root.setAttribute('aria-label', LABEL);
  }

  /** To be called before its script, which reads its address and its colour scheme once, when it loads. */
  static prepare(): Prepared {
    const { classList } = document.body;
    const light = classList.contains('vscode-light') || classList.contains('vscode-high-contrast-light');
    history.replaceState(null, '', '#localProfilePath=none');
    localStorage.setItem('speedscope-color-scheme', light ? 'LIGHT' : 'DARK');
    keepPolicy();
    const { sheet } = document.querySelector<HTMLStyleElement>('style[data-aphrodite]')!;
    const insert = CSSStyleSheet.prototype.insertRule;
    sheet!.insertRule = (rule, index) => insert.call(sheet, readableRule(rule, light), index);
    const colours = light ? LIGHT_COLOURS : DARK_COLOURS;
    return { colours, signs: new SignShader(WebGLRenderingContext.prototype, colours) };
  }

  static async mounted(prepared: Prepared): Promise<Speedscope> {
    while (!window.speedscope) await new Promise((resolve) => setTimeout(resolve, 20));
    return new Speedscope(document.querySelector<HTMLElement>('body > div')!, prepared);
  }

  get element(): HTMLElement {
    return this.#root;
  }

  /** @param profile a speedscope file; it takes the place of the one shown @param names of a difference, those of its functions */
  load(name: string, profile: string, names: readonly string[] | null): void {
    this.#isDifference = names !== null;
    this.#signs.ranges = names === null ? null : signRanges(names);
    window.speedscope?.loadFileFromBase64(name, base64Of(profile));
  }

  view(index: number): void {
    press(VIEWS[index]!.key);
  }

  /** Shows who calls a function and whom it calls. @returns false where it is not in speedscope's list */
  async select(row: FunctionRow): Promise<boolean> {
    press(VIEWS[SANDWICH].key);
    await drawn();
    const list = this.#content.querySelector('table > tr')?.closest('table')?.parentElement
      ?.parentElement?.parentElement;
    if (!list) return false;
    list.scrollTop = 0;
    for (let step = 0; step < MOST_STEPS; step++) {
      await drawn();
      const found = [...list.querySelectorAll('tr')].find((one) => isRowOf(one, row));
      if (found) {
        found.click();
        return true;
      }
      if (list.scrollTop + list.clientHeight >= list.scrollHeight - 1) return false;
      list.scrollTop += list.clientHeight;
    }
    return false;
  }

  /** What it makes without a name gets one, and what scrolls can be scrolled by keys. */
  nameParts(): void {
    for (const part of this.#content.querySelectorAll('div')) {
      if (getComputedStyle(part).overflowY === 'auto') part.tabIndex = 0;
    }
    for (const input of this.#content.querySelectorAll('input:not([aria-label])')) {
      input.setAttribute('aria-label', 'Function to look for');
    }
    const [previous, next] = this.#content.querySelectorAll('input ~ button, :has(> input) ~ button');
    previous?.setAttribute('aria-label', 'Previous function found');
    next?.setAttribute('aria-label', 'Next function found');
  }

  /** The chips beside names are made in the page, where the graph is drawn on a canvas. */
  colourChips(): void {
    if (!this.#isDifference) return;
    for (const chip of this.#content.querySelectorAll<HTMLElement>('span[style*="background"]')) {
      const sign = signOfName(chip.parentElement?.textContent?.replace(/^>\s*/, '') ?? '');
      chip.style.backgroundColor = cssColour(sign === null ? this.#colours.same : this.#colours.signs[sign]);
    }
  }

  get #content(): Element {
    return this.#root.children[2]!;
  }
}

/** What was made ready for speedscope before its script ran. */
export interface Prepared {
  readonly colours: DifferenceColours;
  readonly signs: SignShader;
}

/** It tries two things that the page's policy refuses and reports, and goes on where they fail; so they fail before. */
function keepPolicy(): void {
  const { head } = document;
  // For its address, a script from the disk.
  const append = <T extends Node>(node: T): T => {
    const fromDisk = node instanceof HTMLScriptElement && node.src.startsWith('file:');
    return fromDisk ? node : (Node.prototype.appendChild.call(head, node) as T);
  };
  head.appendChild = append;
  // To find Node's modules, an evaluation; only while it loads.
  const known = Object.getOwnPropertyDescriptor(window, 'eval')!;
  Object.defineProperty(window, 'eval', { ...known, value: () => null });
  window.addEventListener('load', () => Object.defineProperty(window, 'eval', known));
}

function isRowOf(row: HTMLTableRowElement, { name, file }: FunctionRow): boolean {
  const cell = row.cells[2];
  return cell?.textContent === name && (file === null || cell.title === file);
}

function press(key: string): void {
  window.dispatchEvent(new KeyboardEvent('keypress', { key }));
}

/** When what was changed stands in the page. */
function drawn(): Promise<void> {
  return new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
}

function base64Of(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let binary = '';
  // In pieces, since a call takes only so many arguments.
  for (let at = 0; at < bytes.length; at += 0x8000) binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(binary);
}
