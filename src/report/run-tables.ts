import { figure } from '../load/measure/figure.ts';
import type {
  Latency,
  RunDocument,
  ScenarioFigures,
  SizeFigures,
  SplitFigures,
  StageFigures,
  StepFigures,
} from '../runs/run-document.ts';
import { duration } from './figures.ts';
import type { Piece, Style, StyledLine } from './styled-line.ts';
import { shortName, type TableRow, textTable } from './text-table.ts';

const INDENT = '  ';
/** Of the stages' last column, which is words. */
const WHEN = 8;

/**
 * Steps, scenarios, stages, sizes and the values of the header the run is split by, in columns that they share: three counts, three
 * percentiles.
 * Each is there where it says more than the run's own figures: steps of a run of several, and so on. Empty where none does.
 */
export function runTables({
  steps = [],
  scenarios = [],
  stages = [],
  split,
  sizes,
  phases,
}: RunDocument): StyledLine[] {
  const groups: TableRow[][] = [];
  if (steps.length > 1) groups.push(stepRows(steps, scenarios.length > 1));
  if (steps.length > 1 && scenarios.length > 0) groups.push(scenarioRows(scenarios));
  const begin = phases.find(({ phase }) => phase === 'measured')?.start ?? 0;
  if (stages.length > 1) groups.push(stageRows(stages, begin));
  if (split !== undefined) groups.push(splitRows(split));
  if (sizes !== undefined && sizes.length > 1) groups.push(sizeRows(sizes));
  return textTable(
    groups.flatMap((rows) => [null, ...rows]),
    [WHEN],
  );
}

function stepRows(steps: readonly StepFigures[], severalScenarios: boolean): TableRow[] {
  const streams = steps.some(({ ttft }) => ttft !== undefined);
  return [
    [...heading('Steps', 'answered', 'failed', 'prevented'), ...(streams ? [TTFT] : [])],
    ...steps.map(({ scenario, step, load, latency, prevented, ttft }) => [
      INDENT + shortName(severalScenarios && scenario !== step ? `${scenario} / ${step}` : step),
      figure(load.completed),
      lost(load.failed, 'red'),
      lost(prevented, 'yellow'),
      ...percentiles(latency),
      ...(ttft === undefined ? [] : [known(ttft.p95)]),
    ]),
  ];
}

function scenarioRows(scenarios: readonly ScenarioFigures[]): TableRow[] {
  return [
    heading('End to end', 'completed', 'failed', 'unfinished'),
    ...scenarios.map(({ scenario, iterations, endToEnd }) => [
      INDENT + shortName(scenario),
      figure(iterations.completed),
      lost(iterations.failed, 'red'),
      lost(iterations.unfinished, 'yellow'),
      ...percentiles(endToEnd),
    ]),
  ];
}

function stageRows(stages: readonly StageFigures[], begin: number): TableRow[] {
  return [
    [...heading('Stages', 'answered', 'failed', 'dropped'), ['dim', 'rate'], ''],
    ...stages.map(({ stage, start, end, load, latency }) => [
      INDENT + shortName(stage),
      figure(load.completed),
      lost(load.failed, 'red'),
      lost(load.dropped, 'yellow'),
      ...percentiles(latency),
      load.rate.asked === null
        ? `${figure(load.rate.got)}/s`
        : `${figure(load.rate.got)} of ${figure(load.rate.asked)}/s`,
      `${seconds(start - begin)}–${seconds(end - begin)} s`,
    ]),
  ];
}

function splitRows({ header, groups }: SplitFigures): TableRow[] {
  return [
    heading(shortName(header), 'answered', 'failed', ''),
    ...groups.map(({ value, answered, failed, latency }) => [
      INDENT + shortName(value),
      figure(answered),
      lost(failed, 'red'),
      '',
      ...percentiles(latency),
    ]),
  ];
}

const TTFT: Piece = ['dim', 'TTFT p95'];

const SIZE_TITLE: Readonly<Record<SizeFigures['unit'], string>> = {
  rows: 'Rows in a request',
  'input tokens': 'Input tokens',
};

function sizeRows(sizes: readonly SizeFigures[]): TableRow[] {
  const streams = sizes.some(({ ttft }) => ttft !== null);
  return [
    [...heading(SIZE_TITLE[sizes[0]!.unit], 'answered', 'failed', ''), ...(streams ? [TTFT] : [])],
    ...sizes.map(({ from, to, answered, failed, latency, ttft }) => [
      INDENT + sizeText(from, to),
      figure(answered),
      lost(failed, 'red'),
      '',
      ...percentiles(latency),
      ...(ttft === null ? [] : [known(ttft.p95)]),
    ]),
  ];
}

function sizeText(from: number, to: number): string {
  return from === to ? figure(from) : `${figure(from)}–${figure(to)}`;
}

function heading(title: string, ...counts: readonly string[]): Piece[] {
  return [['bold', title], ...[...counts, 'p50', 'p95', 'p99'].map((name): Piece => ['dim', name])];
}

function percentiles({ p50, p95, p99 }: Latency): Piece[] {
  return [p50, p95, p99].map(known);
}

function known(value: number | null): Piece {
  return value === null ? ['dim', 'unknown'] : duration(value);
}

function lost(count: number, style: Style): Piece {
  return count > 0 ? [style, figure(count)] : '0';
}

function seconds(ms: number): string {
  return String(Number((ms / 1000).toFixed(1)));
}
