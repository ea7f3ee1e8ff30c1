import type { CodeDifference } from '../correlate/code/code-difference.ts';
import { type Difference, differences } from '../find/differences.ts';
import { figure } from '../load/measure/figure.ts';
import { TAILS } from '../load/measure/waits.ts';
import type { ErrorCount, Latency, RunDocument, StepFigures, StreamingFigures, Waits } from '../runs/run-document.ts';
import { codeLines } from './code-lines.ts';
import { duration, fineDuration, percent } from './figures.ts';
import { objectiveValue } from './objective-value.ts';
import { planOf, surroundingsOf } from './run-surroundings.ts';
import { STREAM_TIMES, type StreamTime } from './stream-words.ts';
import { type Piece, paragraphs, type StyledLine } from './styled-line.ts';
import { shortName, type TableRow, textTable } from './text-table.ts';

/** A run that is compared. */
export interface ComparedRun {
  readonly document: RunDocument;
  /** The name a person gave it. */
  readonly name: string | null;
}

type Format = (value: number) => string;
type Figure = number | null | undefined;

const PERCENTILES = { p50: 'p50', p90: 'p90', p95: 'p95', p99: 'p99', p999: 'p99.9' } as const;
const OF_PARTS = { p50: 'p50', p95: 'p95', p99: 'p99' } as const;
const ALL = { min: 'min', mean: 'mean', ...PERCENTILES, max: 'max' } as const;
const INDENT = '  ';
const MOST_DIFFERENCES = 30;
/** Of the first table's columns, all but the first: they are words. */
const WORDS = [1, 2];

/**
 * Two runs beside each other: every figure of both and what lies between them, then how plan and surroundings differ. Whether a
 * difference is more than chance is not told: that takes more than one run of each.
 * @param code by their profiles @param root what files are named relative to @param colour whether the terminal shows colours
 */
export function compareText(
  first: ComparedRun,
  second: ComparedRun,
  code: CodeDifference | null,
  root: string,
  colour: boolean,
): string {
  const [a, b] = [first.document, second.document];
  const parts: StyledLine[][] = [
    heads(first, second),
    textTable([
      [
        ['bold', ''],
        ['dim', 'first'],
        ['dim', 'second'],
        ['dim', 'difference'],
      ],
      ...loadRows(a, b),
      ...group('Latency', latencyRows(a.latency, b.latency, ALL)),
      ...(a.profiled || b.profiled ? group('Profiled', latencyRows(a.profiled, b.profiled, ALL)) : []),
      ...streamRows(a.streaming, b.streaming),
      ...partRows(a, b),
      ...sizeRows(a, b),
      ...errorRows(a.errors, b.errors),
      ...objectiveRows(a, b),
      ...senderRows(a, b),
    ]),
    codeLines(code, root),
    findingLines(a, b),
    planLines(a, b),
    surroundings(a, b),
    [[['dim', 'One run of each: how much of a difference is chance is not told here.']]],
  ];
  return paragraphs(parts, colour);
}

function heads(first: ComparedRun, second: ComparedRun): StyledLine[] {
  const runs = [first, second] as const;
  const row = (label: string, value: (run: ComparedRun, index: number) => string): TableRow => [
    ['dim', label],
    ...runs.map((run, index) => value(run, index)),
  ];
  const named = runs.some(({ name }) => name !== null);
  return [
    ...textTable(
      [
        row('', (_, index) => (index === 0 ? 'first' : 'second')),
        ...(named ? [row('Name', ({ name }) => shortName(name ?? ''))] : []),
        row('Run', ({ document }) => document.run),
        row('Started', ({ document }) => document.startedAt.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')),
        row('State', ({ document }) => (document.state === 'finished' ? 'ended' : 'stopped before its end')),
      ],
      WORDS,
    ),
    [],
    ...runs.map(
      ({ document }, index): StyledLine => [['dim', index === 0 ? 'First   ' : 'Second  '], document.verdict.sentence],
    ),
  ];
}

function perSecond(value: number): string {
  return `${figure(value)}/s`;
}

function loadRows(a: RunDocument, b: RunDocument): TableRow[] {
  const counts = ['planned', 'dispatched', 'completed', 'failed', 'dropped', 'interrupted'] as const;
  const words: Readonly<Record<string, string>> = { completed: 'answered', dispatched: 'sent' };
  return [
    row('Rate asked', a.load.rate.asked, b.load.rate.asked, perSecond),
    row('Rate got', a.load.rate.got, b.load.rate.got, perSecond),
    ...group(
      'Requests',
      counts.map((name) => row(INDENT + (words[name] ?? name), a.load[name], b.load[name], figure)),
    ),
  ];
}

function latencyRows(
  a: Latency | null | undefined,
  b: Latency | null | undefined,
  names: Readonly<Partial<Record<keyof Latency, string>>>,
  indent = INDENT,
): TableRow[] {
  return Object.entries(names).map(([name, word]) => {
    const key = name as keyof Latency;
    return row(indent + word, a?.[key], b?.[key], duration);
  });
}

const STREAM_COUNTS = {
  outputTokens: 'output tokens',
  inputTokens: 'input tokens',
  cachedTokens: 'of them cached',
  cancelled: 'cut off by the plan',
} as const;

/** Where one of the runs has streams. */
function streamRows(a: StreamingFigures | null, b: StreamingFigures | null): TableRow[] {
  if (!a && !b) return [];
  const times = Object.entries(STREAM_TIMES).flatMap(([key, { name }]) =>
    group(
      name,
      Object.entries(ALL).map(([column, word]) => {
        const of = (figures: StreamingFigures | null): Figure => figures?.[key as StreamTime][column as keyof Latency];
        return row(INDENT + word, of(a), of(b), fineDuration);
      }),
    ),
  );
  const counts = Object.entries(STREAM_COUNTS).map(([key, word]) => {
    const name = key as keyof typeof STREAM_COUNTS;
    return row(INDENT + word, a?.[name], b?.[name], figure);
  });
  return [
    ...times,
    ...group('Tokens', [
      row(`${INDENT}output a second`, a?.tokensPerSecond, b?.tokensPerSecond, perSecond),
      ...counts,
      row(`${INDENT}goodput`, a?.goodput, b?.goodput, perSecond),
      row(`${INDENT}goodput, of all`, a?.goodputShare, b?.goodputShare, percent),
    ]),
  ];
}

/** Sizes that both runs have in a group of the same extent. */
function sizeRows(a: RunDocument, b: RunDocument): TableRow[] {
  return (a.sizes ?? []).flatMap((first) => {
    const { from, to, unit } = first;
    const second = b.sizes?.find((other) => other.from === from && other.to === to && other.unit === unit);
    if (second === undefined) return [];
    const extent = from === to ? figure(from) : `${figure(from)}–${figure(to)}`;
    return group(`${extent} ${unit}`, [
      row(`${INDENT}answered`, first.answered, second.answered, figure),
      ...latencyRows(first.latency, second.latency, OF_PARTS),
    ]);
  });
}

/** Steps, scenarios and stages of the same name beside each other, where a run has more than one of them. */
function partRows(a: RunDocument, b: RunDocument): TableRow[] {
  const several = new Set([...(a.scenarios ?? []), ...(b.scenarios ?? [])].map(({ scenario }) => scenario)).size > 1;
  const stepName = ({ scenario, step }: StepFigures): string => (several ? `${scenario} / ${step}` : step);
  return [
    ...named('Step', a.steps, b.steps, stepName, (x, y) => [
      row(`${INDENT}answered`, x?.load.completed, y?.load.completed, figure),
      row(`${INDENT}failed`, x?.load.failed, y?.load.failed, figure),
      row(`${INDENT}prevented`, x?.prevented, y?.prevented, figure),
      ...latencyRows(x?.latency, y?.latency, OF_PARTS),
      ...(x?.ttft || y?.ttft ? latencyRows(x?.ttft, y?.ttft, OF_PARTS, `${INDENT}TTFT `) : []),
    ]),
    ...named(
      'End to end',
      a.scenarios,
      b.scenarios,
      ({ scenario }) => scenario,
      (x, y) => [
        row(`${INDENT}completed`, x?.iterations.completed, y?.iterations.completed, figure),
        row(`${INDENT}failed`, x?.iterations.failed, y?.iterations.failed, figure),
        ...latencyRows(x?.endToEnd, y?.endToEnd, OF_PARTS),
      ],
    ),
    ...named(
      'Stage',
      a.stages,
      b.stages,
      ({ stage }) => stage,
      (x, y) => [
        row(`${INDENT}rate got`, x?.load.rate.got, y?.load.rate.got, perSecond),
        row(`${INDENT}failed`, x?.load.failed, y?.load.failed, figure),
        ...latencyRows(x?.latency, y?.latency, OF_PARTS),
      ],
    ),
  ];
}

function named<T>(
  title: string,
  a: readonly T[] = [],
  b: readonly T[] = [],
  nameOf: (part: T) => string,
  rows: (x: T | undefined, y: T | undefined) => TableRow[],
): TableRow[] {
  if (Math.max(a.length, b.length) < 2) return [];
  const names = [...new Set([...a, ...b].map(nameOf))];
  return names.flatMap((name) => {
    const ofName = (parts: readonly T[]): T | undefined => parts.find((part) => nameOf(part) === name);
    return group(`${title} ${shortName(name)}`, rows(ofName(a), ofName(b)));
  });
}

function errorRows(a: readonly ErrorCount[], b: readonly ErrorCount[]): TableRow[] {
  const kinds = [...new Set([...a, ...b].map(({ kind }) => kind))];
  const count = (errors: readonly ErrorCount[], kind: string): number =>
    errors.filter((error) => error.kind === kind).reduce((sum, error) => sum + error.count, 0);
  if (kinds.length === 0) return [];
  return group(
    'Errors',
    kinds.map((kind) => row(INDENT + shortName(kind), count(a, kind), count(b, kind), figure)),
  );
}

function objectiveRows(a: RunDocument, b: RunDocument): TableRow[] {
  const names = [...new Set([...a.objectives, ...b.objectives].map(({ objective }) => objective))];
  if (names.length === 0) return [];
  const cell = ({ objectives }: RunDocument, name: string): string => {
    const found = objectives.find(({ objective }) => objective === name);
    if (found === undefined) return 'not set';
    const judged = found.ok === null ? "can't tell" : found.ok ? 'holds' : 'broken';
    return `${objectiveValue(found)}, ${judged}`;
  };
  return group(
    'Objectives',
    names.map((name) => [INDENT + shortName(name), cell(a, name), cell(b, name), '']),
  );
}

function senderRows(a: RunDocument, b: RunDocument): TableRow[] {
  const [x, y] = [a.health, b.health];
  return group('Sender', [
    ...waitRows('late', x.lateness, y.lateness),
    ...waitRows('waited for a connection', x.poolWait, y.poolWait),
    row(`${INDENT}CPU, share of a core`, x.cpu, y.cpu, percent),
    row(`${INDENT}longest GC pause`, x.gc?.max, y.gc?.max, duration),
  ]);
}

/** The median, and the highest percentile that both tell. */
function waitRows(what: string, x: Waits, y: Waits): TableRow[] {
  const isTold = (name: keyof Waits): boolean => [x[name], y[name]].every((ms) => ms !== null && ms !== undefined);
  const tail = TAILS.find(isTold) ?? 'p99';
  return (['p50', tail] as const).map((name) => row(`${INDENT}${what} ${name}`, x[name], y[name], duration));
}

function findingLines(a: RunDocument, b: RunDocument): StyledLine[] {
  const sentences = ({ findings }: RunDocument): StyledLine[] =>
    findings.length === 0
      ? [['  none']]
      : findings.map(({ sentence }, index): StyledLine => [`  ${index + 1}. ${sentence}`]);
  if (a.findings.length + b.findings.length === 0) return [];
  return [
    [['bold', 'While slow requests waited, first']],
    ...sentences(a),
    [['bold', 'While slow requests waited, second']],
    ...sentences(b),
  ];
}

function planLines(a: RunDocument, b: RunDocument): StyledLine[] {
  const found = differences(planOf(a), planOf(b));
  if (found.length === 0) return [[['dim', 'The plans are the same.']]];
  return differenceLines('The plans differ', found);
}

function surroundings(a: RunDocument, b: RunDocument): StyledLine[] {
  const found = differences(surroundingsOf(a), surroundingsOf(b));
  if (found.length === 0) return [[['dim', 'Machine, target, profiler and Tailflame are the same.']]];
  return differenceLines('The surroundings differ', found);
}

/** Where two values differ, in lines for people. */
export function differenceLines(title: string, found: readonly Difference[]): StyledLine[] {
  const shown = found.slice(0, MOST_DIFFERENCES);
  const more = found.length - shown.length;
  return [
    [['bold', title]],
    ...textTable(
      shown.map(({ path, first, second }) => [INDENT + path, first, '→', second]),
      [1, 2, 3],
    ),
    ...(more > 0 ? [[`  … and ${more} more`]] : []),
  ];
}

function group(title: string, rows: readonly TableRow[]): TableRow[] {
  return [null, [['bold', title]], ...rows];
}

function row(label: string, a: Figure, b: Figure, format: Format): TableRow {
  const cell = (value: Figure): Piece => (typeof value === 'number' ? format(value) : ['dim', 'unknown']);
  return [label, cell(a), cell(b), differenceOf(a, b, format)];
}

/** `+12 ms (+3 %)`: what is to be added to the first to have the second, and as a share of the first. */
function differenceOf(a: Figure, b: Figure, format: Format): Piece {
  if (typeof a !== 'number' || typeof b !== 'number') return ['dim', 'unknown'];
  if (a === b) return '0';
  const sign = b > a ? '+' : '−';
  const share = a > 0 ? ` (${sign}${percent(Math.abs(b - a) / a)})` : '';
  return `${sign}${format(Math.abs(b - a))}${share}`;
}
