import { figure } from '../load/measure/figure.ts';
import type { Finding, FindingsLoad, Latency, RunDocument, StepFigures, Verdict } from '../runs/run-document.ts';
import { duration } from './figures.ts';
import { countsOf, messagesOf } from './log-sentences.ts';
import { metricsSentences } from './metrics-sentences.ts';
import { objectiveValue } from './objective-value.ts';
import { resourceLines } from './resource-lines.ts';
import { runTables } from './run-tables.ts';
import { nearLimits, senderText, targetText } from './sender-facts.ts';
import { serverSentences } from './server-sentences.ts';
import { streamTables } from './stream-tables.ts';
import { joined, type Piece, paragraphs, type Style, type StyledLine } from './styled-line.ts';
import { shortName, type TableRow, textTable } from './text-table.ts';

const COLOUR: Readonly<Record<Verdict['status'], Style>> = {
  passed: 'green',
  measured: 'bold',
  failed: 'red',
  void: 'yellow',
  inconclusive: 'yellow',
};

const LABEL = 10;
const MAX_ERRORS = 8;
const LONGEST_EXAMPLE = 160;

/**
 * A run as a person reads it in ten seconds, on a terminal or in a log: the verdict first, then the figures, then what went wrong and
 * where, and at the end how far the figures can be trusted. @param colour whether the terminal shows colours
 */
export function runText(run: RunDocument, colour: boolean): string {
  const parts: StyledLine[][] = [
    verdict(run),
    [...figures(run), ...streamTables(run), ...runTables(run)],
    run.cascade ? [[['yellow', run.cascade]]] : [],
    errors(run),
    objectives(run),
    findings(run),
    resourceLines(run),
    run.logBurst ? [[['yellow', run.logBurst]]] : [],
    logs(run),
    ...(run.notes ?? []).map((note): StyledLine[] => [[['yellow', note]]]),
    serverSentences(run).map((sentence): StyledLine => [sentence]),
    facts(run),
  ];
  return paragraphs(parts, colour);
}

function verdict({ verdict: { status, sentence, reasons }, state }: RunDocument): StyledLine[] {
  return [
    [[COLOUR[status], sentence]],
    ...reasons.slice(1).map((reason): StyledLine => [`  ${reason}`]),
    ...(state === 'interrupted' ? [['  It was stopped before its end.']] : []),
  ];
}

function figures({ load, latency, profiled, streaming }: RunDocument): StyledLine[] {
  const asked = load.rate.asked === null ? '' : ` of ${figure(load.rate.asked)} asked`;
  const counts: Piece[] = [`${figure(load.completed)} answered`];
  if (load.failed > 0) counts.push(['red', `${figure(load.failed)} failed`]);
  if (load.dropped > 0) counts.push(['yellow', `${figure(load.dropped)} dropped`]);
  if (load.interrupted > 0) counts.push(`${figure(load.interrupted)} interrupted`);
  const both = profiled ? [latencyCells(latency), latencyCells(profiled)] : [latencyCells(latency)];
  const widths = both[0]!.map((_, column) => Math.max(...both.map((cells) => cells[column]!.length)));
  const rows = both.map((cells): StyledLine => [cells.map((cell, i) => cell.padEnd(widths[i]!)).join(' · ')]);
  return [
    labelled('Rate', `${figure(load.rate.got)}/s${asked}   `, ...joined(counts, ' · ')),
    labelled('Latency', ...rows[0]!, ...(streaming ? [['dim', '   intended start to end'] as const] : [])),
    ...(rows[1] ? [labelled('Profiled', ...rows[1])] : []),
  ];
}

function latencyCells({ p50, p90, p95, p99, p999, max }: Latency): string[] {
  const cells = { p50, p90, p95, p99, 'p99.9': p999, max };
  return Object.entries(cells).map(([name, value]) => `${name} ${duration(value)}`);
}

interface FailureRow {
  readonly kind: string;
  readonly count: number;
  readonly example: string;
  readonly step: string;
}

/** Of runs of several steps each step's own. */
function errors(run: RunDocument): StyledLine[] {
  const ofSteps = (run.steps ?? []).length > 1 ? run.steps!.flatMap(stepErrors) : [];
  const found: readonly FailureRow[] =
    ofSteps.length > 0
      ? ofSteps.toSorted((a, b) => b.count - a.count)
      : run.errors.map((error) => ({ ...error, step: '' }));
  if (found.length === 0) return [];
  const shown = found.slice(0, MAX_ERRORS);
  const digits = Math.max(...shown.map(({ count }) => figure(count).length));
  const rows = shown.map(({ kind, count, example, step }): TableRow => {
    const where = ofSteps.length > 0 ? [shortName(step)] : [];
    return [`  ${figure(count).padStart(digits)} × ${kind}`, ...where, firstLine(example)];
  });
  const more = found.length - rows.length;
  return [[['red', 'Errors']], ...textTable(rows, [1, 2]), ...(more > 0 ? [[`  … and ${more} more kinds`]] : [])];
}

function stepErrors({ step, errors: counted }: StepFigures): FailureRow[] {
  return counted.map((error) => ({ ...error, step }));
}

function objectives({ objectives: results, verdict: { status, reasons } }: RunDocument): StyledLine[] {
  if (results.length === 0) return [];
  // What a void run measured says nothing of the server, so nothing in it is good or bad.
  const style = (ok: boolean | null): Style =>
    status === 'void' ? 'dim' : ok === null ? 'yellow' : ok ? 'green' : 'red';
  const rows = results.map((result): TableRow => {
    const { objective, ok, reason } = result;
    const mark = ok === null ? '?' : ok ? '✓' : '✗';
    const untold = reason && !reasons.some((told) => told.includes(reason)) ? reason : '';
    return [[style(ok), `  ${mark} ${objective}`], objectiveValue(result), untold];
  });
  return [[['bold', 'Objectives']], ...textTable(rows, [1, 2])];
}

function findings({ findings: all, findingsNote, findingsLoad, resources = [] }: RunDocument): StyledLine[] {
  // What was short stands below; here only where it comes before all else.
  const isBelow = ({ sentence }: Finding): boolean => resources.some((facts) => facts.sentence === sentence);
  const found = all.filter((finding, index) => index === 0 || !isBelow(finding));
  const untold: StyledLine[] = findingsNote ? [[`  ${findingsNote}`]] : [];
  if (findingsLoad) untold.push([`  Ask again with ${loadOptions(findingsLoad)}`]);
  if (found.length === 0) return untold.length > 0 ? [[['bold', 'Findings']], ...untold] : [];
  const listed = found.flatMap(({ sentence, evidence }, index): StyledLine[] => [
    [`  ${index + 1}. ${sentence}`],
    ...(evidence ?? []).map((line): StyledLine => [['dim', `     ${line}`]]),
  ]);
  return [[['bold', 'While the slow requests waited']], ...listed, ...untold];
}

function loadOptions({ rate, users, seconds }: FindingsLoad): string {
  return `${users === null ? `--rate ${rate}` : `--users ${users}`} --duration ${seconds}s --profile auto`;
}

function logs({ logs: found = [], phases }: RunDocument): StyledLine[] {
  const zero = phases[0]?.start ?? 0;
  const read = found.filter(({ lines }) => lines > 0);
  return read.flatMap((log): StyledLine[] => [
    [['bold', 'Log '], countsOf(log)],
    ...messagesOf(log, zero).map((message): StyledLine => [`  ${message}`]),
  ]);
}

function facts(run: RunDocument): StyledLine[] {
  const near = nearLimits(run);
  return [
    labelled('Sender', ['dim', senderText(run)]),
    ...(near.length > 0 ? [labelled('', ['yellow', `Near a limit: ${near.join('; ')}.`])] : []),
    ...metricsSentences(run).map((sentence) => labelled('Metrics', ['dim', sentence])),
    labelled('Target', ['dim', targetText(run.target)]),
    labelled('Run', ['dim', run.run]),
  ];
}

function labelled(label: string, ...pieces: readonly Piece[]): StyledLine {
  return [['dim', label.padEnd(LABEL)], ...pieces];
}

function firstLine(text: string): string {
  const line = text.split('\n', 1)[0]!;
  return line.length > LONGEST_EXAMPLE ? `${line.slice(0, LONGEST_EXAMPLE)}…` : line;
}
