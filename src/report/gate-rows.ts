import { opening } from '../correlate/sentences.ts';
import type { GateDocument, GateFigure, GateLevel } from '../find/gate-document.ts';
import { amountText, answersSentence, changeText, levelText, shareText } from '../find/gate-sentence.ts';
import { figure } from '../load/measure/figure.ts';
import { duration, percent } from './figures.ts';

/** A figure or an objective of a gate in words, for its table. */
export interface GateRow {
  readonly status: GateFigure['status'];
  readonly name: string;
  readonly baseline: string;
  readonly candidate: string;
  /** By how much it is worse, or what share was bad, and between what bounds that surely is. */
  readonly told: string;
  readonly allowed: string;
}

export const GATE_MARKS: Readonly<Record<GateFigure['status'], string>> = {
  passed: '✓',
  failed: '✗',
  inconclusive: '?',
};

export const GATE_HEADINGS = ['', '', 'baseline', 'candidate', 'change (surely within)', 'allowed'] as const;

export function gateRows({ figures, levels }: Pick<GateDocument, 'figures' | 'levels'>): GateRow[] {
  return [...figures.map(figureRow), ...levels.map(levelRow)];
}

function figureRow(judged: GateFigure): GateRow {
  const { figure: name, status, unit, baseline, candidate, allowed } = judged;
  const value = (of: number | null): string => (of === null ? 'unknown' : unit === 'ms' ? duration(of) : percent(of));
  return {
    status,
    name,
    baseline: value(baseline),
    candidate: value(candidate),
    told: changeText(judged),
    allowed: `+${amountText(allowed, unit)}`,
  };
}

function levelRow(level: GateLevel): GateRow {
  const { objective: name, status, count, bad, allowed } = level;
  const candidate = count === 0 ? 'unknown' : shareText(bad / count);
  const told = levelText(level).slice(name.length + 1);
  return { status, name, baseline: '', candidate, told, allowed: shareText(allowed) };
}

/** What is to be said of the figures as a whole. */
export function gateNotes(document: GateDocument): string[] {
  const note = pairsNote(document);
  return [...(note === '' ? [] : [note]), ...document.notJudged.map((text) => `Not judged: ${text}`)];
}

/** Why a figure may be told as a change that its two values do not show; empty where all do. */
export function pairsNote({ figures, pairs }: Pick<GateDocument, 'figures' | 'pairs'>): string {
  if (pairs.length === 0 || !figures.some(isToldOtherwise)) return '';
  return 'Baseline and candidate are the middle segment of each. The change is that of pairs, which whatever the machine does meets alike.';
}

/** Whether its values seem to say that it took longer where its pairs say that it did not, or the other way round. */
function isToldOtherwise({ unit, baseline, candidate, change }: GateFigure): boolean {
  if (unit !== 'ms' || baseline === null || candidate === null || change === null) return false;
  return (candidate - baseline) * change < 0;
}

/** What was held against what, how long and how often, by label; empty: there is nothing to tell. */
export function gateFacts(
  document: GateDocument,
): Record<'Baseline' | 'Candidate' | 'Answers' | 'Measured' | 'Took', string> {
  const { baseline, candidate, answers, pairs, runs, looks, segment, took, budget, repeated } = document;
  const length = `${figure(segment / 1000)} s`;
  const what =
    runs.length > 0 ? `${runs.length} segments of ${length}` : `${pairs.length} pairs of ${length}, in turns`;
  const again = repeated === 0 ? '' : `, ${repeated} segments measured again`;
  const isMeasured = runs.length + pairs.length > 0;
  return {
    Baseline: baseline,
    Candidate: candidate,
    Answers: answers === null ? '' : `${opening(answersSentence(answers))}.`,
    Measured: isMeasured ? `${what}${again}; it could end after ${looks.join(', ')}` : '',
    Took: `${figure(took / 1000)} s of ${figure(budget / 1000)} s`,
  };
}
