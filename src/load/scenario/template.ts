import { PlanError } from '../plan/plan-error.ts';
import { type Placeholder, parsePlaceholder } from './placeholder.ts';
import { cutShort, textOf } from './value-text.ts';
import type { IterationValues } from './values.ts';

/** A text with `${…}` in it, read once. What has no placeholder is static: its text has every `$${` already made `${`. */
export type Template =
  | { readonly static: true; readonly text: string }
  | { readonly static: false; readonly parts: readonly (string | Placeholder)[] };

/** Throws a {@link PlanError} for a `${` without its `}`, and for a placeholder that has no meaning. */
export function compileTemplate(text: string): Template {
  const parts: (string | Placeholder)[] = [];
  let plain = '';
  for (const piece of piecesOf(text)) {
    if (typeof piece === 'string') {
      plain += piece;
      continue;
    }
    if (plain !== '') parts.push(plain);
    plain = '';
    parts.push(parsePlaceholder(piece.inside));
  }
  if (parts.length === 0) return { static: true, text: plain };
  if (plain !== '') parts.push(plain);
  return { static: false, parts };
}

/** The template's text in one iteration: strings as they are, all else as JSON. Throws a `StepError` for a name without a value. */
export function renderText(template: Template, values: IterationValues): string {
  if (template.static) return template.text;
  let text = '';
  for (const part of template.parts) text += typeof part === 'string' ? part : textOf(part.read(values));
  return text;
}

/** As {@link renderText}, but a template that is a single placeholder gives its value, with its type. */
export function renderValue(template: Template, values: IterationValues): unknown {
  if (!template.static && template.parts.length === 1) {
    const [only] = template.parts;
    if (typeof only === 'object') return only.read(values);
  }
  return renderText(template, values);
}

/**
 * What a text asks for: what stands between the braces, and where in the text its `${` begins, in UTF-16 units. Throws a
 * {@link PlanError} as {@link compileTemplate} does.
 */
export function placeholdersOf(text: string): { name: string; offset: number }[] {
  const placeholders: { name: string; offset: number }[] = [];
  for (const piece of piecesOf(text)) {
    if (typeof piece === 'string') continue;
    placeholders.push({ name: parsePlaceholder(piece.inside).name, offset: piece.offset });
  }
  return placeholders;
}

function* piecesOf(text: string): Generator<string | { readonly inside: string; readonly offset: number }> {
  let from = 0;
  for (;;) {
    const open = text.indexOf('${', from);
    if (open < 0) break;
    if (open > from && text[open - 1] === '$') {
      yield `${text.slice(from, open - 1)}\${`;
      from = open + 2;
      continue;
    }
    const close = text.indexOf('}', open);
    if (close < 0) {
      const rest = cutShort(text.slice(open));
      throw new PlanError(`"${rest}" opens a placeholder and does not close it. Write }, or $\${ for a literal \${.`);
    }
    yield text.slice(from, open);
    yield { inside: text.slice(open + 2, close), offset: open };
    from = close + 1;
  }
  yield text.slice(from);
}
