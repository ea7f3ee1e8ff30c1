/**
 * A choice of a server's series: a name in which `*` stands for any letters and `?` for one, and in braces what its labels have to be, as
 * PromQL writes it: `DCGM_FI_*`, `http_requests_total{status=~"5..",method!="GET"}`.
 */
interface Pattern {
  readonly name: RegExp;
  readonly labels: readonly Matcher[];
}

interface Matcher {
  readonly label: string;
  /** Whether its value has to be so, or must not. */
  readonly is: boolean;
  readonly value: RegExp;
}

const SHAPE = /^\s*([a-zA-Z_:*?][\w:.*?-]*)\s*(?:\{(.*)\})?\s*$/s;
const MATCHER = /^\s*([a-zA-Z_]\w*)\s*(=~|!~|!=|=)\s*"((?:\\.|[^"\\])*)"\s*$/s;
const EXAMPLE = 'http_requests_total, DCGM_FI_* or up{job="api"}';

/** What a user wants of all that an endpoint tells. */
export class SeriesChoice {
  readonly #patterns: readonly Pattern[];

  /** @throws Error with a sentence for people, where one of them is none */
  constructor(patterns: readonly string[]) {
    this.#patterns = patterns.map(parsed);
  }

  /** Whether a series of this name might be wanted. */
  names(name: string): boolean {
    return this.#patterns.some((pattern) => pattern.name.test(name));
  }

  has(name: string, labels: Readonly<Record<string, string>>): boolean {
    return this.#patterns.some(
      (pattern) =>
        pattern.name.test(name) &&
        pattern.labels.every(({ label, is, value }) => value.test(labels[label] ?? '') === is),
    );
  }
}

/** What is wrong with a choice, as a sentence; null where nothing is. */
export function choiceFault(text: string): string | null {
  try {
    parsed(text);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Choices with commas between them; those within braces and quotes separate nothing. */
export function splitChoices(text: string): string[] {
  return separated(text).map((part) => part.trim());
}

function parsed(text: string): Pattern {
  const [, name, inside] = SHAPE.exec(text) ?? [];
  if (name === undefined) throw new Error(`"${text}" names no series. Write ${EXAMPLE}.`);
  return { name: globbed(name), labels: inside === undefined ? [] : separated(inside).flatMap(matcherOf) };
}

function globbed(name: string): RegExp {
  const escaped = name.replace(/[.]/g, '\\.').replaceAll('?', '.');
  // Stars that follow each other would have a name tried in ever more ways.
  return new RegExp(`^${escaped.replace(/\*+/g, '.*')}$`);
}

function matcherOf(text: string): Matcher[] {
  if (text.trim() === '') return [];
  const [, label, operator, quoted] = MATCHER.exec(text) ?? [];
  if (label === undefined)
    throw new Error(`"${text.trim()}" says nothing of a label. Write {gpu="0"} or {status=~"5.."}.`);
  const value = quoted!.replace(/\\(["\\])/g, '$1');
  const pattern = operator!.endsWith('~') ? value : value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  try {
    return [{ label, is: !operator!.startsWith('!'), value: new RegExp(`^(?:${pattern})$`, 's') }];
  } catch {
    throw new Error(`"${value}" is not a regular expression.`);
  }
}

function separated(text: string): string[] {
  const parts: string[] = [];
  let part = '';
  let quoted = false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at]!;
    if (letter === '\\' && quoted) part += letter + (text[++at] ?? '');
    else if (letter === ',' && !quoted && depth === 0) {
      parts.push(part);
      part = '';
    } else {
      if (letter === '"') quoted = !quoted;
      else if (!quoted && letter === '{') depth++;
      else if (!quoted && letter === '}') depth--;
      part += letter;
    }
  }
  return [...parts, part];
}
