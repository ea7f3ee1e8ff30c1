import type { Node } from '@vscode/tree-sitter-wasm';
import type { Place, Statement, Unit } from './syntax.ts';

/** A stretch of text that was replaced, in UTF-16 units. */
export interface Change {
  readonly start: number;
  readonly oldEnd: number;
  readonly newEnd: number;
}

interface Lowered {
  readonly type: string;
  readonly length: number;
  readonly unit: Unit;
  readonly statements: readonly Statement[];
  /** The kept ones within it, and how far behind its beginning they begin. */
  readonly inside: Inside[];
}

interface Inside {
  readonly distance: number;
  readonly lowered: Lowered;
}

/** The statements of one version of a file, by kind, beginning and length. */
export type Kept = ReadonlyMap<string, Lowered>;

/** Smaller statements are quicker read again than looked up; those of the file itself are always kept. */
const KEPT_ROWS = 8;

/**
 * Turns a tree's statements into our syntax, and keeps each with where it stood. After a change, what lies before or behind it and has the
 * same kind and length is taken as it was: only what the change touches is read again.
 */
export class Lowering {
  readonly source: string;
  readonly #kept = new Map<string, Lowered>();
  readonly #before: Kept | null;
  readonly #change: Change | null;
  readonly #open: { unit: Unit; start: number; inside: Inside[] }[] = [];

  /** @param before what the version before kept, and no more of it: it would keep the one before itself @param change since then */
  constructor(source: string, before: Kept | null, change: Change | null) {
    this.source = source;
    this.#before = before;
    this.#change = change;
  }

  get kept(): Kept {
    return this.#kept;
  }

  text(node: Node): string {
    return this.source.slice(node.startIndex, node.endIndex);
  }

  /** The text of a node's field; empty where it has none. */
  field(node: Node, name: string): string {
    const child = node.childForFieldName(name);
    return child === null ? '' : this.text(child);
  }

  place(node: Node): Place {
    const { unit } = this.#open.at(-1)!;
    return { unit, offset: node.startPosition.row - unit.row };
  }

  /** A statement's own syntax by `lower`, or that of before the change where it is the same. */
  statements(node: Node, lower: (out: Statement[]) => void): readonly Statement[] {
    const outer = this.#open.at(-1);
    const row = node.startPosition.row;
    if (outer !== undefined && node.endPosition.row - row < KEPT_ROWS) {
      const out: Statement[] = [];
      lower(out);
      return out;
    }
    const { type, startIndex: start } = node;
    const length = node.endIndex - start;
    const lowered = this.#same(type, start, length, row) ?? this.#read(type, start, length, row, lower);
    this.#kept.set(keyOf(type, start, length), lowered);
    outer?.unit.nested.push(lowered.unit);
    outer?.inside.push({ distance: start - outer.start, lowered });
    return lowered.statements;
  }

  #read(type: string, start: number, length: number, row: number, lower: (out: Statement[]) => void): Lowered {
    const unit: Unit = { row, nested: [] };
    const inside: Inside[] = [];
    const statements: Statement[] = [];
    this.#open.push({ unit, start, inside });
    lower(statements);
    this.#open.pop();
    return { type, length, unit, statements, inside };
  }

  #same(type: string, start: number, length: number, row: number): Lowered | null {
    const change = this.#change;
    if (this.#before === null || change === null) return null;
    let was: number;
    // Touching counts as changed: two words may have become one.
    if (start + length < change.start) was = start;
    else if (start > change.newEnd) was = start - change.newEnd + change.oldEnd;
    else return null;
    const lowered = this.#before.get(keyOf(type, was, length));
    if (lowered === undefined) return null;
    shift(lowered.unit, row - lowered.unit.row);
    this.#carry(lowered, start);
    return lowered;
  }

  #carry({ inside }: Lowered, start: number): void {
    for (const { distance, lowered } of inside) {
      this.#kept.set(keyOf(lowered.type, start + distance, lowered.length), lowered);
      this.#carry(lowered, start + distance);
    }
  }
}

/** A literal's text without its escapes, as far as a path has any: a broken line goes, every other character stands for itself. */
export function unescaped(text: string): string {
  return text.replace(/\\(\n|.)/g, (_, next: string) => (next === '\n' ? '' : next));
}

function keyOf(type: string, start: number, length: number): string {
  return `${type}:${start}:${length}`;
}

function shift(unit: Unit, rows: number): void {
  if (rows === 0) return;
  unit.row += rows;
  for (const nested of unit.nested) shift(nested, rows);
}
