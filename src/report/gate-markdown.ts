import { opening } from '../correlate/sentences.ts';
import type { GateDocument } from '../find/gate-document.ts';
import { figure } from '../load/measure/figure.ts';
import { GATE_HEADINGS, type GateRow, gateNotes, gateRows } from './gate-rows.ts';
import { slowerSentences } from './slower-sentences.ts';
import { harmless } from './styled-line.ts';

const MARKS: Readonly<Record<GateDocument['status'], string>> = {
  passed: '✅',
  failed: '❌',
  inconclusive: '❔',
  void: '⚠️',
};

/** A gate as Markdown, for the summary of a pipeline's job or a comment. @param root what files are named relative to */
export function gateMarkdown(document: GateDocument, root: string): string {
  const { status, sentence, baseline, candidate, took, budget } = document;
  const rows = gateRows(document).map(tableRow);
  const table = [`| ${GATE_HEADINGS.join(' | ')} |`, '|:-|:-|-:|-:|:-|-:|', ...rows];
  const slower = slowerSentences(document, root).map((text) => `- ${cell(text)}`);
  const time = `${figure(took / 1000)} s of ${figure(budget / 1000)} s`;
  const parts = [
    `### ${MARKS[status]} ${cell(opening(sentence))}`,
    `\`${code(candidate)}\` against \`${code(baseline)}\`, ${time}.`,
    rows.length === 0 ? '' : table.join('\n'),
    slower.length === 0 ? '' : `**Slower code**\n\n${slower.join('\n')}`,
    gateNotes(document)
      .map((text) => `- ${cell(text)}`)
      .join('\n'),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function tableRow({ status, name, baseline, candidate, told, allowed }: GateRow): string {
  return `| ${[MARKS[status], name, baseline, candidate, told, allowed].map(cell).join(' | ')} |`;
}

/** Names of steps and addresses are anybody's text: they may not become markup, except what stands between backticks already. */
function cell(text: string): string {
  const parts = harmless(text).split(/(`[^`]*`)/);
  return parts.map((part, at) => (at % 2 === 1 ? part.replaceAll('|', '\\|') : escaped(part))).join('');
}

function escaped(text: string): string {
  return text.replace(/[`|<>*_[\]\\]/g, (mark) => `\\${mark}`);
}

function code(text: string): string {
  return harmless(text).replaceAll('`', "'");
}
