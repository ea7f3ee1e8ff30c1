import { opening } from '../correlate/sentences.ts';
import type { GateDocument } from '../find/gate-document.ts';
import { GATE_HEADINGS, GATE_MARKS, type GateRow, gateFacts, gateNotes, gateRows } from './gate-rows.ts';
import { slowerSentences } from './slower-sentences.ts';
import { type Piece, paragraphs, type Style, type StyledLine } from './styled-line.ts';
import { type TableRow, textTable } from './text-table.ts';

const STATUS_STYLE: Readonly<Record<GateDocument['status'], Style>> = {
  passed: 'green',
  failed: 'red',
  inconclusive: 'yellow',
  void: 'yellow',
};
const LABEL = 11;
/** Of the table's columns those that are words. */
const WORDS = [0, 1, 4];

/** A gate, written out for people. @param root what files are named relative to @param colour whether the terminal shows colours */
export function gateText(document: GateDocument, root: string, colour: boolean): string {
  const { status, sentence } = document;
  const head: StyledLine = [[STATUS_STYLE[status], `${opening(sentence)}.`]];
  const headings: TableRow = GATE_HEADINGS.map((name): Piece => ['dim', name]);
  const rows = gateRows(document);
  const parts: StyledLine[][] = [
    [head],
    facts(document),
    rows.length === 0 ? [] : textTable([headings, ...rows.map(tableRow)], WORDS),
    slowerLines(document, root),
    gateNotes(document).map((text): StyledLine => [['dim', text]]),
  ];
  return paragraphs(parts, colour);
}

function tableRow({ status, name, baseline, candidate, told, allowed }: GateRow): TableRow {
  return [[STATUS_STYLE[status], `  ${GATE_MARKS[status]}`], name, baseline, candidate, told, allowed];
}

function facts(document: GateDocument): StyledLine[] {
  const told = Object.entries(gateFacts(document)).filter(([, text]) => text !== '');
  return told.map(([label, text]) => labelled(label, text));
}

function slowerLines(document: GateDocument, root: string): StyledLine[] {
  return slowerSentences(document, root).map((sentence): StyledLine => [['dim', 'Slower'.padEnd(LABEL)], sentence]);
}

function labelled(label: string, text: string): StyledLine {
  return [['dim', label.padEnd(LABEL)], text];
}
