import { compileTemplate } from '../../scenario/template.ts';
import { literal } from '../plain-plan.ts';

type Piece = { readonly text: string } | { readonly inside: string };

/** A template put together from text that means just itself and from placeholders. */
export class TemplateText {
  readonly #pieces: Piece[] = [];

  get isEmpty(): boolean {
    return this.#pieces.length === 0;
  }

  text(text: string): this {
    const last = this.#pieces.at(-1);
    // As one, because what has to be escaped may begin in one and end in the other.
    if (last !== undefined && 'text' in last) this.#pieces[this.#pieces.length - 1] = { text: last.text + text };
    else this.#pieces.push({ text });
    return this;
  }

  /** @param inside what stands between the braces */
  placeholder(inside: string): this {
    this.#pieces.push({ inside });
    return this;
  }

  append(other: TemplateText): this {
    for (const piece of other.#pieces) {
      if ('text' in piece) this.text(piece.text);
      else this.placeholder(piece.inside);
    }
    return this;
  }

  toString(): string {
    return this.#pieces
      .map((piece, at) => {
        if ('inside' in piece) return `\${${piece.inside}}`;
        const text = literal(piece.text);
        // `$${` would be a literal `${`, and templates know no other way to write a dollar before a placeholder.
        return text.endsWith('$') && at + 1 < this.#pieces.length ? `${text.slice(0, -1)}\${random.pick($)}` : text;
      })
      .join('');
  }
}

/** The text a template without placeholders stands for; null where it has some. */
export function plainText(template: string): string | null {
  const compiled = compileTemplate(template);
  return compiled.static ? compiled.text : null;
}

/** An escaped `${`, or a placeholder. */
const MARKED = /\$\$\{|\$\{([^}]*)\}/g;

/** The template with every placeholder put through `replace`, which is given what stands between the braces. */
export function withPlaceholders(template: string, replace: (inside: string) => string): string {
  return template.replace(MARKED, (whole, inside?: string) => (inside === undefined ? whole : replace(inside)));
}

/** The template with all that is not a placeholder put through `replace`, which is given text as it is meant and returns such. */
export function withTexts(template: string, replace: (text: string) => string): string {
  return rewritten(template, (text, into) => into.text(replace(text)));
}

/** The template with all that is not a placeholder written anew by `write`, which is given text as it is meant. */
export function rewritten(template: string, write: (text: string, into: TemplateText) => void): string {
  const result = new TemplateText();
  let from = 0;
  for (const match of template.matchAll(MARKED)) {
    if (match[1] === undefined) continue;
    write(meant(template.slice(from, match.index)), result);
    result.placeholder(match[1]);
    from = match.index + match[0].length;
  }
  write(meant(template.slice(from)), result);
  return result.toString();
}

function meant(text: string): string {
  return text.replaceAll('$${', '${');
}

/** A JSON value all of whose strings are put through `replace`; the names of members are not. */
export function withStrings(value: unknown, replace: (text: string) => string): unknown {
  if (typeof value === 'string') return replace(value);
  if (Array.isArray(value)) return value.map((item) => withStrings(item, replace));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withStrings(member, replace)]));
}
