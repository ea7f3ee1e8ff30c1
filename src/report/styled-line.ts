import { stripVTControlCharacters, styleText } from 'node:util';
import { cutTo, displayWidth } from './display-width.ts';

export type Style = Parameters<typeof styleText>[0];

/** A text, or one in a style. */
export type Piece = string | readonly [Style, string];

/** What stands in one line. */
export type StyledLine = readonly Piece[];

/** Marks that turn the direction of what follows, and would let an answer rearrange the report. */
const TURNS = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const CONTROLS = /\p{Cc}+/gu;

/**
 * A line as it is written out, without spaces at its end: terminals differ in whether those wrap. Names and answers of servers stand in
 * it, so nothing that would steer a terminal is let through.
 * @param width columns it is cut to
 */
export function lineText(line: StyledLine, colour: boolean, width: number = Number.POSITIVE_INFINITY): string {
  let room = width;
  const shown = line.map((piece) => {
    const text = cutTo(harmless(textOf(piece)), room);
    room -= displayWidth(text);
    return text;
  });
  const last = shown.findLastIndex((text) => text.trimEnd() !== '');
  return shown
    .slice(0, last + 1)
    .map((text, index) => painted(index === last ? text.trimEnd() : text, line[index]!, colour))
    .join('');
}

/** Parts with an empty line before each, and before what comes after; those without a line are left out. */
export function paragraphs(parts: readonly (readonly StyledLine[])[], colour: boolean): string {
  const lines = parts.flatMap((part): readonly StyledLine[] => (part.length > 0 ? [[], ...part] : []));
  return [...lines, []].map((line) => lineText(line, colour)).join('\n');
}

function painted(text: string, piece: Piece, colour: boolean): string {
  if (!colour || typeof piece === 'string' || text === '') return text;
  return styleText(piece[0], text, { validateStream: false });
}

export function textOf(piece: Piece): string {
  return typeof piece === 'string' ? piece : piece[1];
}

/** Columns it takes. */
export function widthOf(line: StyledLine): number {
  return line.reduce((sum, piece) => sum + displayWidth(textOf(piece)), 0);
}

/** Pieces with a text between them. */
export function joined(pieces: readonly Piece[], between: string): Piece[] {
  return pieces.flatMap((piece, index) => (index === 0 ? [piece] : [between, piece]));
}

/** One line of text without anything that is no character of it. */
export function harmless(text: string): string {
  return stripVTControlCharacters(text).replace(CONTROLS, ' ').replace(TURNS, '');
}
