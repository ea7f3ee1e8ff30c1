import { opening } from '../correlate/sentences.ts';
import type { SweepDocument, SweepPoint } from '../find/sweep-document.ts';
import { doneBy } from '../find/sweep-point.ts';
import { valueText } from '../find/sweep-sentence.ts';
import { figure } from '../load/measure/figure.ts';
import { type CurvePoint, curvePlot } from './curve-plot.ts';
import { duration } from './figures.ts';
import { PROBE_MARK, PROBE_STYLE } from './probe-table.ts';
import { type Piece, paragraphs, type StyledLine } from './styled-line.ts';
import { type TableRow, textTable } from './text-table.ts';

const MARKS = 'abcdefghijklmnopqrstuvwxyz';
const PLOT_WIDTH = 56;
const PLOT_HEIGHT = 9;
const LABEL = 11;

interface Column {
  readonly name: string;
  readonly cell: (point: SweepPoint) => Piece;
  /** Whether a point has it; a column that none has is left out. */
  readonly has: (point: SweepPoint) => boolean;
}

/** A sweep, written out for people: the finding, a row a value, throughput against latency. @param colour whether colours are shown */
export function sweepText(document: SweepDocument, colour: boolean): string {
  const { sentence } = document;
  const parts: StyledLine[][] = [
    [[['bold', `${opening(sentence)}.`]]],
    facts(document),
    table(document),
    plot(document),
  ];
  return paragraphs(parts, colour);
}

function facts({ saturated, batching, knee, objectives, pricePerHour, took }: SweepDocument): StyledLine[] {
  return [
    ...(knee !== null || saturated !== null ? [labelled('Saturated', saturated ?? 'unknown')] : []),
    ...(batching === null ? [] : [labelled('Batches', batching)]),
    ...(objectives.length > 0 ? [labelled('Objectives', objectives.join(', '))] : []),
    ...(pricePerHour === null ? [] : [labelled('Price', `${pricePerHour} an hour`)]),
    labelled('Took', duration(took)),
  ];
}

function table(document: SweepDocument): StyledLine[] {
  const { points, varied } = document;
  const columns: Column[] = [
    column('requests/s', ({ requestsPerSecond }) => requestsPerSecond, figure),
    column('rows/s', ({ rowsPerSecond }) => rowsPerSecond, figure),
    column('tokens/s', ({ tokensPerSecond }) => tokensPerSecond, figure),
    column('p50', ({ latency }) => latency.p50, duration),
    column('p95', ({ latency }) => latency.p95, duration),
    column('p99', ({ latency }) => latency.p99, duration),
    column('TTFT p95', ({ ttft }) => ttft?.p95 ?? null, duration),
    column('rows a batch', (point) => point.batching?.rows ?? null, figure),
    column('wait for it', (point) => point.batching?.queue ?? null, duration),
    column('failed', ({ failed }) => (failed > 0 ? failed : null), figure),
    column('per 1,000', ({ costPer1000 }) => costPer1000, price),
    column('per 1M tokens', ({ costPerMillionTokens }) => costPerMillionTokens, price),
  ].filter(({ has }) => points.some(has));
  const rows = points.map((point, index): TableRow => {
    const key = String(point.ok) as keyof typeof PROBE_MARK;
    const mark = document.objectives.length === 0 ? '' : PROBE_MARK[key];
    return [
      [PROBE_STYLE[key], `  ${mark}`],
      ['dim', MARKS[index] ?? ''],
      valueText(document, point.value),
      ...columns.map(({ cell }) => cell(point)),
      noteOf(document, index),
    ];
  });
  const headings: TableRow = ['', '', varied, ...columns.map(({ name }) => name), ''].map(
    (name): Piece => ['dim', name],
  );
  return textTable([headings, ...rows], [1, 2, columns.length + 3]);
}

function noteOf({ best, knee, points }: SweepDocument, index: number): string {
  const { ok, refused, probes } = points[index]!;
  const reason = ok === true ? null : (probes.find((probe) => probe.reason !== null)?.reason ?? null);
  const notes = [...(best === index ? ['best'] : []), ...(knee === index ? ['bends here'] : []), reason, refused];
  return notes.filter((note) => note !== null).join('; ');
}

/** Throughput to the right, p95 (else p50) upwards. */
function plot({ points }: SweepDocument): StyledLine[] {
  const latency = ({ latency: { p95, p50 } }: SweepPoint): number | null => p95 ?? p50;
  const known = points.flatMap((point, index): CurvePoint[] => {
    const [x, y] = [doneBy(point), latency(point)];
    return x === null || y === null || y <= 0 ? [] : [{ x, y, mark: MARKS[index] ?? '·' }];
  });
  const rows = curvePlot(known, PLOT_WIDTH, PLOT_HEIGHT);
  if (rows.length === 0) return [];
  const [low, high] = [Math.min(...known.map(({ y }) => y)), Math.max(...known.map(({ y }) => y))];
  const unit = points.some(({ rowsPerSecond }) => rowsPerSecond !== null)
    ? 'rows/s'
    : points.some(({ tokensPerSecond }) => tokensPerSecond !== null)
      ? 'tokens/s'
      : 'requests/s';
  const scale = [duration(high), ...new Array<string>(rows.length - 2).fill(''), duration(low)];
  const margin = Math.max(...scale.map(({ length }) => length));
  const most = `${figure(Math.max(...known.map(({ x }) => x)))} ${unit}`;
  return [
    ...rows.map((row, index): StyledLine => [['dim', `  ${scale[index]!.padStart(margin)} │`], row]),
    [['dim', `  ${' '.repeat(margin)} └${'─'.repeat(PLOT_WIDTH)}`]],
    [['dim', `  ${' '.repeat(margin)}  0${most.padStart(PLOT_WIDTH - 1)}`]],
  ];
}

function column(name: string, value: (point: SweepPoint) => number | null, text: (value: number) => string): Column {
  return {
    name,
    has: (point) => value(point) !== null,
    cell: (point) => {
      const known = value(point);
      return known === null
        ? name === 'failed'
          ? '0'
          : 'unknown'
        : name === 'failed'
          ? ['red', text(known)]
          : text(known);
    },
  };
}

/** In whatever currency it was given. */
function price(value: number): string {
  return Number(value.toPrecision(3)).toString();
}

function labelled(label: string, text: string): StyledLine {
  return [['dim', label.padEnd(LABEL)], text];
}
