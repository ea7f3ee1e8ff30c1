import type { Parser, Tree } from '@vscode/tree-sitter-wasm';
import { type Language, Module } from '../program/module.ts';
import { type Change, Lowering } from './lowering.ts';
import type { Statement } from './syntax.ts';

/** How a language's trees are read. */
export interface Grammar {
  readonly language: Language;
  readonly parser: Parser;
  readonly lower: (root: Tree['rootNode'], lowering: Lowering) => readonly (readonly Statement[])[];
}

/** Larger files are generated, and would only hold up the others. */
const MAX_LENGTH = 4_000_000;

/** A file's source with its tree. A new version is read from the tree before it: only what changed is parsed and lowered again. */
export class SourceFile {
  readonly #file: string;
  readonly #grammar: Grammar;
  #source: string | null = null;
  #tree: Tree | null = null;
  #lowering: Lowering | null = null;
  #module: Module;

  constructor(file: string, grammar: Grammar) {
    this.#file = file;
    this.#grammar = grammar;
    this.#module = new Module(file, grammar.language);
  }

  get module(): Module {
    return this.#module;
  }

  /** Takes a version of the source. One that cannot be read declares nothing. */
  update(source: string): void {
    if (source === this.#source) return;
    try {
      this.#read(source.length > MAX_LENGTH ? '' : source);
      this.#source = source;
    } catch (error) {
      // Nested deeper than the stack reaches, or larger than the parser's memory.
      if (!(error instanceof RangeError || (error as Error).name === 'RuntimeError')) throw error;
      this.dispose();
      this.#module = new Module(this.#file, this.#grammar.language);
    }
  }

  dispose(): void {
    this.#tree?.delete();
    this.#tree = null;
    this.#lowering = null;
    this.#source = null;
  }

  #read(source: string): void {
    const { parser, lower } = this.#grammar;
    const before = this.#tree;
    const change = before === null || this.#lowering === null ? null : changeOf(this.#lowering.source, source);
    if (before !== null && change !== null) before.edit(editOf(this.#lowering!.source, source, change));
    const tree = parser.parse(source, change === null ? null : before);
    if (tree === null) throw new RangeError('The parser gave up.');
    this.#tree = tree;
    before?.delete();
    const lowering = new Lowering(source, change === null ? null : this.#lowering!.kept, change);
    this.#module.update(lower(tree.rootNode, lowering));
    this.#lowering = lowering;
  }
}

/** The one stretch two versions differ in. */
export function changeOf(before: string, after: string): Change {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  let same = 0;
  while (
    same < shorter - start &&
    before.charCodeAt(before.length - 1 - same) === after.charCodeAt(after.length - 1 - same)
  )
    same++;
  return { start, oldEnd: before.length - same, newEnd: after.length - same };
}

function editOf(before: string, after: string, { start, oldEnd, newEnd }: Change): Parameters<Tree['edit']>[0] {
  return {
    startIndex: start,
    oldEndIndex: oldEnd,
    newEndIndex: newEnd,
    startPosition: pointOf(before, start),
    oldEndPosition: pointOf(before, oldEnd),
    newEndPosition: pointOf(after, newEnd),
  };
}

function pointOf(text: string, index: number): { row: number; column: number } {
  let row = 0;
  let from = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < index; at = text.indexOf('\n', from)) {
    row++;
    from = at + 1;
  }
  return { row, column: index - from };
}
