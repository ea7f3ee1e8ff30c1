import { opening } from '../correlate/sentences.ts';
import type { FindRateDocument } from '../find/find-rate-document.ts';
import type { ProbeDocument } from '../find/probe.ts';
import { levelText } from '../find/rate-answer.ts';
import { figure } from '../load/measure/figure.ts';
import { duration } from './figures.ts';
import { PROBE_HEADINGS, PROBE_MARK, PROBE_WORDS, probeRow } from './probe-table.ts';
import { type Piece, paragraphs, type Style, type StyledLine } from './styled-line.ts';
import { textTable } from './text-table.ts';

const ANSWER_STYLE: Readonly<Record<FindRateDocument['answer'], Style>> = {
  found: 'green',
  none: 'red',
  unresolved: 'yellow',
};
const EDGE_TEXT = {
  cliff: 'a cliff: what is limited jumps there',
  slope: 'a slope: what is limited rises steadily there',
} as const;
const LABEL = 11;

/** A search for the highest rate, written out for people. @param colour whether the terminal shows colours */
export function findRateText(document: FindRateDocument, colour: boolean): string {
  const { answer, sentence, probes } = document;
  const rows = probes.map(probeRow);
  const parts: StyledLine[][] = [
    [[[ANSWER_STYLE[answer], `${opening(sentence)}.`]]],
    facts(document),
    rows.length === 0 ? [] : textTable([PROBE_HEADINGS.map((name): Piece => ['dim', name]), ...rows], PROBE_WORDS),
  ];
  return paragraphs(parts, colour);
}

/** One line on a probe that has ended, as it stands in a log. */
export function probeText({ label, ok, rate, latency, reason }: ProbeDocument): string {
  const mark = PROBE_MARK[String(ok) as keyof typeof PROBE_MARK];
  const parts = [
    `${mark} ${label}`,
    `${figure(rate.got)}/s`,
    `p50 ${duration(latency.p50)}`,
    `p99 ${duration(latency.p99)}`,
  ];
  return `${parts.join(' · ')}${reason === null ? '' : ` · ${reason}`}`;
}

function facts(document: FindRateDocument): StyledLine[] {
  const { estimate, saturated, objectives, took, budget, answer } = document;
  const between = estimate === null ? [] : [labelled('Edge', edgeText(estimate, document))];
  const what = answer === 'found' || saturated !== null ? [labelled('Saturated', saturated ?? 'unknown')] : [];
  return [
    ...between,
    ...what,
    labelled('Objectives', objectives.join(', ')),
    labelled('Took', `${figure(took / 1000)} s of ${figure(budget / 1000)} s`),
  ];
}

function edgeText(estimate: number, { unit, requestsPerIteration, edge }: FindRateDocument): string {
  const where = levelText(unit, unit === 'rate' ? estimate : Math.round(estimate), requestsPerIteration);
  return `most likely at ${where}${edge === null ? '' : `; ${EDGE_TEXT[edge]}`}`;
}

function labelled(label: string, text: string): StyledLine {
  return [['dim', label.padEnd(LABEL)], text];
}
