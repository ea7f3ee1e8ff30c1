import { figure } from '../load/measure/figure.ts';
import type { Phase } from '../runs/request-table.ts';
import { cutTo, displayWidth, padEndTo } from './display-width.ts';
import { duration } from './figures.ts';
import { axisText, barRows, columnOf, type LatencyBuckets, latencyColumns } from './latency-histogram.ts';
import { harmless, joined, lineText, type Piece, type Style, type StyledLine, widthOf } from './styled-line.ts';

/** What is shown of a run while it lasts. Times in ms, rates in requests a second, unknown is null. */
export interface LiveView {
  readonly phase: Phase;
  /** The stage of a load that has several. */
  readonly stage: string | null;
  /** Since the phase began. */
  readonly elapsed: number;
  /** How long the phase takes; null where that is open. */
  readonly total: number | null;
  /** Answered, over the last seconds. */
  readonly rate: number;
  /** null in a closed load. */
  readonly asked: number | null;
  /** Answered requests by second, the oldest first; the last 60 are shown. */
  readonly rates: readonly number[];
  /** Of the last 10 s; null where there are too few. */
  readonly percentiles: Readonly<Record<'p50' | 'p90' | 'p95' | 'p99', number | null>>;
  /** Of those that ended in the last 10 s; null where nothing streams. */
  readonly streams: LiveStreamFigures | null;
  /** Since the measured phase began, as `failed` and `dropped` are. */
  readonly completed: number;
  readonly failed: number;
  readonly dropped: number;
  readonly inFlight: number;
  /** Of the last 10 s. */
  readonly histogram: LatencyBuckets | null;
  /** The most frequent first. */
  readonly errors: readonly { readonly kind: string; readonly count: number }[];
  /** What the reader should know at once. */
  readonly sentence: string | null;
}

export interface LiveStreamFigures {
  readonly ttft: LiveView['percentiles'];
  readonly gap: LiveView['percentiles'];
  /** Output tokens; null unknown. */
  readonly tokensPerSecond: number | null;
}

export const PHASE_NAME: Readonly<Record<Phase, string>> = {
  warmup: 'Warming up',
  measured: 'Measuring',
  transition: 'Starting the profiler',
  profiled: 'Profiling',
};

/** Wider than this the eye has too far to go. */
const WIDEST = 100;
const LABEL = 10;
const RATE_WIDTH = 19;
const RATES_SHOWN = 60;
const CELL_WIDTH = 'p50 unknown'.length;
const BAR_ROWS = 3;
const SENTENCE_ROWS = 2;
const SLOW: Readonly<Partial<Record<keyof LiveView['percentiles'], Style>>> = { p95: 'yellow', p99: 'red' };

/**
 * A run in progress as 8 to 11 lines, of streams three more. The same rows stand at the same places in every frame of a run, only errors and the sentence come
 * when there are some.
 * @param width columns; no line is wider
 */
export function liveView(live: LiveView, width: number, colour: boolean): string[] {
  const room = Math.min(WIDEST, Math.max(1, width));
  const lines: StyledLine[] = [
    headLine(live, room),
    [label('Rate'), padEndTo(rateText(live), RATE_WIDTH), ['cyan', sparkline(live, room - LABEL - RATE_WIDTH)]],
    ...streamLines(live, room),
    percentileLine('Latency', live.percentiles, room),
    ...histogramLines(live, room - LABEL),
    requestsLine(live, room),
  ];
  if (live.errors.length > 0) {
    lines.push([label('Errors'), live.errors.map(({ kind, count }) => `${figure(count)} × ${kind}`).join(' · ')]);
  }
  for (const text of wrapped(live.sentence ?? '', room, SENTENCE_ROWS)) lines.push([['yellow', text]]);
  return lines.map((line) => lineText(line, colour, width));
}

/** `148 of 150/s`. */
export function rateText({ rate, asked }: Pick<LiveView, 'rate' | 'asked'>): string {
  return asked === null ? `${figure(rate)}/s` : `${figure(rate)} of ${figure(asked)}/s`;
}

function headLine({ phase, stage, elapsed, total }: LiveView, room: number): StyledLine {
  const name = PHASE_NAME[phase];
  if (total === null || total <= 0) {
    return [['bold', name], clock(elapsed).padStart(Math.max(6, room - name.length))];
  }
  const time = `${clock(Math.min(elapsed, total)).padStart(clock(total).length)} of ${clock(total)}`;
  const bar = Math.min(40, Math.floor(room / 3));
  const done = Math.round(bar * Math.min(1, elapsed / total));
  const left = room - bar - time.length - 4;
  const where = stage === null ? '' : cutTo(` · ${harmless(stage)}`, Math.max(0, left - name.length));
  return [
    ['bold', name],
    padEndTo(where, Math.max(0, left - name.length)),
    '  ',
    ['cyan', '━'.repeat(done)],
    ['dim', '─'.repeat(bar - done)],
    `  ${time}`,
  ];
}

/** What users of a stream wait for comes before the time of all of it. */
function streamLines({ streams }: LiveView, room: number): StyledLine[] {
  if (streams === null) return [];
  const { ttft, gap, tokensPerSecond } = streams;
  const tokens = tokensPerSecond === null ? 'unknown' : `${figure(tokensPerSecond)}/s`;
  const of = `${' '.repeat(2)}output tokens of answers that ended, last 10 s`;
  const fits = LABEL + tokens.length + of.length <= room;
  return [
    percentileLine('TTFT', ttft, room),
    percentileLine('Gap', gap, room),
    [label('Tokens'), tokens, ...(fits ? [['dim', of] as const] : [])],
  ];
}

function percentileLine(title: string, percentiles: LiveView['percentiles'], room: number): StyledLine {
  const names = ['p50', 'p90', 'p95', 'p99'] as const;
  const cells = names.map((name): Piece => {
    const style = percentiles[name] === null ? undefined : SLOW[name];
    const text = `${name} ${duration(percentiles[name])}`.padEnd(CELL_WIDTH);
    return style === undefined ? text : [style, text];
  });
  const window = '  last 10 s';
  const fits = LABEL + names.length * (CELL_WIDTH + 2) - 2 + window.length <= room;
  return [label(title), ...joined(cells, '  '), ...(fits ? [['dim', window] as const] : [])];
}

/** Bars whose slowest parts have the colours of p95 and p99 above them. */
function histogramLines({ histogram, percentiles }: LiveView, columns: number): StyledLine[] {
  const chart = histogram === null ? null : latencyColumns(histogram, columns);
  const indent = ' '.repeat(LABEL);
  if (chart === null) {
    const empty: StyledLine[] = Array.from({ length: BAR_ROWS }, () => []);
    return [...empty, [indent, ['dim', 'too few answers for a picture yet']]];
  }
  const at = columnOf(chart.low, chart.high, columns);
  const from = (ms: number | null): number => (ms === null ? columns : Math.floor(at(ms)));
  const [p95, p99] = [from(percentiles.p95), from(percentiles.p99)];
  const bars = barRows(chart.counts, BAR_ROWS).map(
    (row): StyledLine => [
      indent,
      ['cyan', row.slice(0, Math.min(p95, p99))],
      [SLOW.p95!, row.slice(p95, p99)],
      [SLOW.p99!, row.slice(p99)],
    ],
  );
  return [...bars, [indent, ['dim', axisText(chart, columns)]]];
}

/** Where it is tight, numbers that are 0 are left out, then what is in flight. */
function requestsLine(live: LiveView, room: number): StyledLine {
  const full = countPieces(live, live.phase !== 'warmup');
  const short = countPieces(live, false);
  const inFlight = `${figure(live.inFlight)} in flight`;
  const wordings = [[...full, inFlight], [...short, inFlight], short].map((pieces) => joined(pieces, ' · '));
  return [label('Requests'), ...(wordings.find((pieces) => LABEL + widthOf(pieces) <= room) ?? joined(short, ' · '))];
}

function countPieces({ phase, completed, failed, dropped }: LiveView, zeros: boolean): Piece[] {
  const lost = (count: number, what: string, style: Style): Piece[] => {
    if (count > 0) return [[style, `${figure(count)} ${what}`]];
    return zeros ? [`0 ${what}`] : [];
  };
  // What is sent while warming up is in no figure, and an unexplained 0 would look like a fault.
  const uncounted = phase === 'warmup' && completed + failed + dropped === 0;
  return [
    uncounted ? ['dim', 'not counted while warming up'] : `${figure(completed)} answered`,
    ...lost(failed, 'failed', 'red'),
    ...lost(dropped, 'dropped', 'yellow'),
  ];
}

/** From 0 up to the highest, so that a stall is a gap. */
function sparkline({ rates, asked }: LiveView, room: number): string {
  const columns = Math.min(RATES_SHOWN, Math.max(0, room));
  const shown = columns === 0 ? [] : rates.slice(-columns);
  return barRows(shown, 1, Math.max(1e-9, asked ?? 0, ...shown)).join('');
}

function label(text: string): Piece {
  return ['dim', text.padEnd(LABEL)];
}

/** `0:32`, `12:05`, `1:02:05`. */
function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  const two = (value: number): string => String(value % 60).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${minutes}:${two(seconds)}` : `${Math.floor(minutes / 60)}:${two(minutes)}:${two(seconds)}`;
}

function wrapped(text: string, width: number, rows: number): string[] {
  const lines: string[] = [];
  // A number stays with its unit.
  for (const word of harmless(text).split(/ (?!(?:ms|s|%)(?!\w))/)) {
    const last = lines.at(-1);
    if (last !== undefined && displayWidth(`${last} ${word}`) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else if (word !== '') lines.push(word);
  }
  if (lines.length <= rows) return lines;
  const rest = lines.slice(rows - 1).join(' ');
  return [...lines.slice(0, rows - 1), cutTo(rest, width)];
}
