import { cutTo, displayWidth } from './display-width.ts';
import { harmless, type Piece, type StyledLine, textOf } from './styled-line.ts';

/** Cells of a row, from the left; null: an empty line. */
export type TableRow = readonly Piece[] | null;

const GAP = '  ';
const NAME_WIDTH = 40;

/** A name people chose, as it stands in a column. */
export function shortName(name: string): string {
  return cutTo(harmless(name), NAME_WIDTH);
}

/**
 * Rows with their columns under each other. The first column and those whose numbers are in `left` start at the same place, all others
 * end there.
 */
export function textTable(rows: readonly TableRow[], left: readonly number[] = []): StyledLine[] {
  const cleaned = rows.map((row) => row?.map(clean) ?? null);
  const widths: number[] = [];
  for (const row of cleaned) {
    row?.forEach((cell, column) => {
      widths[column] = Math.max(widths[column] ?? 0, displayWidth(textOf(cell)));
    });
  }
  const aligned = (cell: Piece, column: number): Piece[] => {
    const space = ' '.repeat(widths[column]! - displayWidth(textOf(cell)));
    if (column === 0) return [cell, space];
    return left.includes(column) ? [GAP, cell, space] : [GAP, space, cell];
  };
  return cleaned.map((row) => row?.flatMap(aligned) ?? []);
}

function clean(cell: Piece): Piece {
  return typeof cell === 'string' ? harmless(cell) : [cell[0], harmless(cell[1])];
}
