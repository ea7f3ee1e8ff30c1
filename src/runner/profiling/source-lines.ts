import { readFileSync, statSync } from 'node:fs';

/** A larger file was made by a program. */
const LARGEST_BYTES = 2_000_000;

/** Lines of source files by their number, each file read once. */
export class SourceLines {
  readonly #files = new Map<string, readonly string[]>();

  /** @param line 1-based. Null where there is no such file, it cannot be read, or it is no longer as long. */
  at(file: string, line: number): string | null {
    let lines = this.#files.get(file);
    if (lines === undefined) {
      lines = linesOf(file);
      this.#files.set(file, lines);
    }
    return lines[line - 1] ?? null;
  }
}

function linesOf(file: string): readonly string[] {
  try {
    return statSync(file).size > LARGEST_BYTES ? [] : readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}
