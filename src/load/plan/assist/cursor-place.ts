import { type Document, isMap, type Scalar, visit } from 'yaml';
import type { SchemaPath } from './schema-walk.ts';
import { keysOf, parse, pathThrough } from './yaml-path.ts';

/** Where a cursor stands in a plan file that is being written, and what of the text a completion replaces. Offsets in UTF-16 units. */
export interface CursorPlace {
  /** Leads to the map that a key is written in, or to the value that is written. */
  readonly path: SchemaPath;
  /** In a map: its other keys, where a key is written. Null: a value is written. */
  readonly keys: readonly string[] | null;
  /** Whether a `- ` has to come first, for there is a list and no item yet. */
  readonly newItem: boolean;
  /** Within { } or [ ]. */
  readonly inFlow: boolean;
  readonly from: number;
  readonly to: number;
  /** Whether a colon follows what is replaced. */
  readonly hasColon: boolean;
  /** How far what is written stands to the right of its line's first character that is no blank. */
  readonly inset: number;
}

/** What stands on a cursor's line, as far as a line alone can tell. */
interface Line {
  readonly kind: 'key' | 'value';
  readonly inFlow: boolean;
  readonly from: number;
  readonly to: number;
}

/** Takes the cursor's place while the text is read; nobody writes it by themselves. */
const MARK = 'tailflame_cursor_7f3a';

/**
 * The places that a cursor may stand at, the likeliest first; none in a comment or within a long text. What is half typed elsewhere does
 * not hinder: what cannot be read with the whole text is read without what follows the cursor's line, or what stands before its part.
 */
export function cursorPlaces(text: string, offset: number): CursorPlace[] {
  const line = lineAt(text, offset);
  if (line === null) return [];
  const lineEnd = endOfLine(text, offset);
  const before = text.slice(0, line.from);
  const rest = text.slice(line.to, lineEnd);
  const hasColon = /^\s*:(?:\s|$)/.test(rest);
  const marked = line.kind === 'key' && !line.inFlow && !hasColon ? `${MARK}:` : `${MARK}${rest}`;
  const asKey = line.kind === 'key' && !line.inFlow;
  const starts = asKey ? [marked, `- ${marked}`] : [marked];
  const ends = [text.slice(lineEnd), ''];
  const lineStart = text.lastIndexOf('\n', line.from - 1) + 1;
  const inset = line.from - lineStart - /^\s*/.exec(text.slice(lineStart, line.from))![0].length;
  const found: { place: CursorPlace; isClean: boolean }[] = [];
  for (const from of [0, topLevelStart(before)]) {
    for (const [at, start] of starts.entries()) {
      for (const end of ends) {
        const document = parse(before.slice(from) + start + end);
        const place = markIn(document);
        if (place === null) continue;
        const isClean = !document.errors.some(
          ({ pos: [error] }) => error + from >= lineStart && error + from <= before.length + start.length,
        );
        found.push({ place: { ...place, ...line, newItem: at === 1, hasColon, inset }, isClean });
      }
    }
  }
  return found.toSorted((a, b) => Number(b.isClean) - Number(a.isClean)).map(({ place }) => place);
}

/** Where the key at the left edge begins that the text ends in the value of. */
function topLevelStart(text: string): number {
  return Math.max(0, ...[...text.matchAll(/^(?=[\w"'])/gm)].map(({ index }) => index));
}

function endOfLine(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end;
}

const KEY = /^(?:"[^"]*"|'[^']*'|[\w.-]+)\s*:\s+/;

/** null: nothing is completed there. */
function lineAt(text: string, offset: number): Line | null {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  const before = text.slice(lineStart, offset);
  const after = text.slice(offset, endOfLine(text, offset)).replace(/\r$/, '');
  if (/(?:^|\s)#/.test(before.replace(/"[^"]*"|'[^']*'/g, ''))) return null;
  const flow = flowStart(before);
  const start = flow ?? /^\s*(?:-\s+)*/.exec(before)![0].length;
  const written = before.slice(start);
  const key = KEY.exec(written);
  if (key !== null) {
    const value = written.slice(key[0].length);
    if (/^["'|>&*{[]/.test(value)) return null;
    const end = flow === null ? /^.*?(?=\s+#|\s*$)/.exec(after)![0].length : /^[^,}\]\s]*/.exec(after)![0].length;
    return { kind: 'value', inFlow: flow !== null, from: lineStart + start + key[0].length, to: offset + end };
  }
  const end = /^[\w-]*/.exec(after)![0].length;
  const place = { inFlow: flow !== null, from: lineStart + start, to: offset + end };
  if (/^[\w-]*$/.test(written)) return { kind: 'key', ...place };
  // A text as an item of a list: what follows the dash is all of it.
  return flow === null && start > 0 && !/^["'|>&*{[]/.test(written) && !written.includes(': ')
    ? { ...place, kind: 'value', to: offset + after.trimEnd().length }
    : null;
}

/** Where what is written within the innermost open { or [ of a line begins; null: none is open. */
function flowStart(before: string): number | null {
  const open: number[] = [];
  let start = 0;
  for (const { 0: sign, index } of before.matchAll(/"(?:\\.|[^"\\])*"?|'[^']*'?|\$\{[^}]*\}?|[{}[\],]/g)) {
    if (sign === '{' || sign === '[') {
      // Within a plain text they mean nothing.
      if (open.length === 0 && !/(?:^|[:\-,]\s+|^\s*)$/.test(before.slice(0, index))) continue;
      open.push(index);
      start = index + 1;
    } else if (sign === '}' || sign === ']') {
      open.pop();
      start = index + 1;
    } else if (sign === ',') start = index + 1;
  }
  return open.length === 0 ? null : start + /^\s*/.exec(before.slice(start))![0].length;
}

function markIn(document: Document.Parsed): Pick<CursorPlace, 'path' | 'keys'> | null {
  let found: Pick<CursorPlace, 'path' | 'keys'> | null = null;
  visit(document, {
    Scalar: (at, node, ancestors) => {
      if (node.value !== MARK) return undefined;
      found = placeOf(at === 'key', node, ancestors);
      return visit.BREAK;
    },
  });
  return found;
}

function placeOf(isKey: boolean, node: Scalar, ancestors: readonly unknown[]): Pick<CursorPlace, 'path' | 'keys'> {
  const map = ancestors.at(-2);
  // A key that is being written leads nowhere yet.
  if (isKey && isMap(map)) {
    return { path: pathThrough(ancestors.slice(0, -1)), keys: keysOf(map).filter((key) => key !== MARK) };
  }
  return { path: pathThrough([...ancestors, node]), keys: null };
}
