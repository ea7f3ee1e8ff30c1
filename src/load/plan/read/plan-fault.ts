import { PlanError } from '../plan-error.ts';

/** Something wrong with a plan's content, found by its place in it. */
export interface Fault {
  /** Keys and indices that lead to it. What is not there stands for the map it is missing from. */
  readonly path: readonly PropertyKey[];
  /** Whether it is in the value there, or in its key. */
  readonly at: 'key' | 'value';
  /** The part of the text there that is meant: what it is, and where it begins, in UTF-16 units; null: all of it. */
  readonly part: { readonly text: string; readonly offset: number } | null;
  /** A sentence. */
  readonly message: string;
}

/** Something wrong with a plan file. Line and column count from 1. */
export interface PlanFault {
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

const MOST = 10;

/** A plan file that cannot be run. Its message has a line for each fault: `checkout.load.yaml:12:5: …`. */
export class PlanFileError extends PlanError {
  /** At most ten, in the order of the file. */
  readonly faults: readonly PlanFault[];

  /** @param faults at least one, in any order @param file as people call it */
  constructor(faults: readonly PlanFault[], file: string) {
    const all = faults.toSorted((a, b) => a.line - b.line || a.column - b.column);
    const lines = all.slice(0, MOST).map(({ line, column, message }) => `${file}:${line}:${column}: ${message}`);
    if (all.length > MOST) lines.push(`There are ${all.length - MOST} more.`);
    super(lines.join('\n'));
    this.faults = all.slice(0, MOST);
  }
}
