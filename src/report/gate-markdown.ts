import { opening } from '../correlate/sentences.ts';
import type { GateDocument, GateFigure } from '../find/gate-document.ts';
import { amountText, changeText } from '../find/gate-sentence.ts';
import { duration, figure as number, percent } from './figures.ts';
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
  const { status, sentence, baseline, candidate, figures, notJudged, took, budget } = document;
  const rows = figures.map(figureRow);
  const table = ['|  | | baseline | candidate | change (surely within) | allowed |', '|:-|:-|-:|-:|:-|-:|', ...rows];
  const slower = slowerSentences(document, root).map((text) => `- ${cell(text)}`);
  const time = `${number(took / 1000)} s of ${number(budget / 1000)} s`;
  const parts = [
    `### ${MARKS[status]} ${cell(opening(sentence))}`,
    `\`${code(candidate)}\` against \`${code(baseline)}\`, ${time}.`,
    rows.length === 0 ? '' : table.join('\n'),
    slower.length === 0 ? '' : `**Slower code**\n\n${slower.join('\n')}`,
    notJudged.map((text) => `- Not judged: ${cell(text)}`).join('\n'),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

function figureRow(judged: GateFigure): string {
  const { figure: name, status, unit, baseline, candidate, allowed } = judged;
  const value = (of: number | null): string => (of === null ? 'unknown' : unit === 'ms' ? duration(of) : percent(of));
  const cells = [
    MARKS[status],
    name,
    value(baseline),
    value(candidate),
    changeText(judged),
    `+${amountText(allowed, unit)}`,
  ];
  return `| ${cells.map(cell).join(' | ')} |`;
}

/** Names of steps and addresses are anybody's text: they may not become markup, except what stands between backticks already. */
function cell(text: string): string {
  return harmless(text).replace(/[|<>*_[\]\\]/g, (mark) => `\\${mark}`);
}

function code(text: string): string {
  return harmless(text).replaceAll('`', "'");
}
