import { compileJsonPath } from '../../../scenario/json-path.ts';
import { OWN_NAMES, OWN_SPACES } from '../../../scenario/placeholder.ts';
import type { Extraction } from '../../plan.ts';
import { PlanError } from '../../plan-error.ts';
import { TemplateText } from '../template-text.ts';
import { dynamicVariable, variableName } from './dynamic-variable.ts';
import type { HttpBlock } from './http-block.ts';

/** What one request asks for. */
export class VariableUse {
  readonly variables: Record<string, null> = {};
  readonly notes = new Set<string>();
}

const USE = /\{\{\s*(.+?)\s*\}\}/g;
const REFERENCE = /^(\w+)\.(response|request)\.(body|headers)(?:\.(.+))?$/;
/** `client.global.set("token", response.body.access_token)`, as most handlers of JetBrains have it. */
const GLOBAL = /client\.global\.set\(\s*(["'])([\w.-]+)\1\s*,\s*response\.(body|headers)\b([^;\n]*?)\s*\)\s*;?\s*$/gm;
const TAKEN: ReadonlySet<string> = new Set([...OWN_NAMES, ...OWN_SPACES]);

/** The variables of a `.http` file, as templates. */
export class HttpVariables {
  readonly #values: ReadonlyMap<string, string>;
  readonly #ids: ReadonlySet<string>;
  /** What is needed of the answers, by the blocks' ids; of those without one by their number. */
  readonly #extractions = new Map<string, Map<string, Extraction>>();
  /** What a handler keeps under a name, and the number of its block. */
  readonly #globals = new Map<string, { readonly at: number; readonly extraction: Extraction }>();

  constructor(values: ReadonlyMap<string, string>, blocks: readonly HttpBlock[]) {
    this.#values = values;
    this.#ids = new Set(blocks.flatMap(({ id }) => id ?? []));
    blocks.forEach((block, at) => {
      this.#readHandlers(block, at);
    });
  }

  /** @param at the block's number */
  extractionsOf({ id }: HttpBlock, at: number): Record<string, Extraction> {
    return Object.fromEntries([id ?? '', String(at)].flatMap((key) => [...(this.#extractions.get(key) ?? [])]));
  }

  template(text: string, use: VariableUse): string {
    const result = new TemplateText();
    this.write(text, result, use);
    return result.toString();
  }

  write(text: string, into: TemplateText, use: VariableUse, within: readonly string[] = []): void {
    let from = 0;
    for (const match of text.matchAll(USE)) {
      into.text(text.slice(from, match.index));
      this.#writeVariable(match[1]!, into, use, within);
      from = match.index + match[0].length;
    }
    into.text(text.slice(from));
  }

  #writeVariable(name: string, into: TemplateText, use: VariableUse, within: readonly string[]): void {
    const value = this.#values.get(name);
    const reference = REFERENCE.exec(name);
    const global = this.#globals.get(name);
    if (name.startsWith('$')) this.#writeDynamic(name, into, use);
    else if (reference !== null && this.#ids.has(reference[1]!)) this.#writeReference(reference, into, use);
    else if (value !== undefined && !within.includes(name)) {
      this.write(unescaped(value), into, use, [...within, name]);
    } else if (global !== undefined) into.placeholder(this.#extract(String(global.at), name, global.extraction));
    else this.#leaveOpen(variableName(name), into, use);
  }

  #writeDynamic(name: string, into: TemplateText, use: VariableUse): void {
    const dynamic = dynamicVariable(name);
    if (dynamic.note !== null) use.notes.add(dynamic.note);
    if ('open' in dynamic) {
      this.#leaveOpen(dynamic.open, into, use);
      return;
    }
    into.text(dynamic.before).placeholder(dynamic.inside).text(dynamic.after);
    const variable = /^env\.(.*)$/.exec(dynamic.inside)?.[1];
    if (variable !== undefined) use.variables[variable] = null;
  }

  #writeReference(
    [whole, id, message, part, place = '*']: RegExpExecArray,
    into: TemplateText,
    use: VariableUse,
  ): void {
    const extraction = message === 'response' ? extractionAt(part!, place) : null;
    if (extraction === null) {
      const open = variableName(whole);
      use.notes.add(`{{${whole}}} cannot be found in an answer by a plan: ${open} stands for it.`);
      this.#leaveOpen(open, into, use);
      return;
    }
    into.placeholder(this.#extract(id!, `${id}_${lastName(place)}`, extraction));
  }

  #leaveOpen(variable: string, into: TemplateText, use: VariableUse): void {
    into.placeholder(`env.${variable}`);
    use.variables[variable] = null;
  }

  /** The name under which the value is known; the same for the same place. */
  #extract(block: string, wanted: string, extraction: Extraction): string {
    const ofBlock = this.#extractions.get(block) ?? new Map<string, Extraction>();
    this.#extractions.set(block, ofBlock);
    const base = TAKEN.has(wanted) ? `the_${wanted}` : wanted.replace(/[^\w-]/g, '_').replace(/^(?=[\d-])/, '_');
    for (let next = 1; ; next++) {
      const name = next === 1 ? base : `${base}_${next}`;
      const there = [...this.#extractions.values()].find((names) => names.has(name));
      if (there === undefined) ofBlock.set(name, extraction);
      if (there === undefined || (there === ofBlock && same(there.get(name)!, extraction))) return name;
    }
  }

  #readHandlers({ handlers }: HttpBlock, at: number): void {
    for (const [, , name, part, rest] of handlers.matchAll(GLOBAL)) {
      const place = part === 'headers' ? /^\.valueOf\(\s*["']([^"']+)["']\s*\)$/.exec(rest!)?.[1] : rest;
      const extraction = place === undefined ? null : extractionAt(part!, part === 'headers' ? place : `$${place}`);
      if (extraction !== null) this.#globals.set(name!, { at, extraction });
    }
  }
}

/** Whether all that a block's handlers do was taken over. */
export function handlersTakenOver({ handlers }: HttpBlock): boolean {
  return (
    handlers
      .replace(GLOBAL, '')
      .replace(/>\s*\{%|%\}|^\s*\/\/.*$/gm, '')
      .trim() === ''
  );
}

function same(one: Extraction, other: Extraction): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** null: there is no such place in a plan. */
function extractionAt(part: string, place: string): Extraction | null {
  if (part === 'headers') return { from: 'header', name: place, otherwise: null };
  if (place === '*' || place === '$') return { from: 'regex', pattern: '[\\s\\S]+', group: 0, otherwise: null };
  // What begins so is XPath.
  if (place.startsWith('/')) return null;
  const path = place.startsWith('$') ? place : `$.${place}`;
  try {
    compileJsonPath(path);
    return { from: 'json', path, otherwise: null };
  } catch (error) {
    if (error instanceof PlanError) return null;
    throw error;
  }
}

function lastName(place: string): string {
  return place.match(/[A-Za-z_][\w-]*/g)?.at(-1) ?? 'body';
}

/** As VS Code reads a variable's value. */
function unescaped(value: string): string {
  const letters: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '\\': '\\' };
  return value.replace(/\\([nrt\\])/g, (_, letter: string) => letters[letter]!);
}
