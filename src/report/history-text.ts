import { LEAST_RUNS } from '../find/change-points.ts';
import type { HistoryDocument, HistoryFigure } from '../find/history.ts';
import { figure } from '../load/measure/figure.ts';
import { duration, percent } from './figures.ts';
import { type Piece, paragraphs, type StyledLine } from './styled-line.ts';
import { type TableRow, textTable } from './text-table.ts';

const BARS = '▁▂▃▄▅▆▇█';
/** Runs drawn: those before are in the figures, and not in the line. */
const DRAWN = 40;
const A_TREND =
  'A trend says that something has changed, and not what: the machine, its neighbours and the code are all in it. Of fifty series that only vary, one shows a change by chance. To hold a build to something use a gate.';

/** How figures went from run to run, for people. @param colour whether the terminal shows colours */
export function historyText(document: HistoryDocument, colour: boolean): string {
  const { target, runs, figures, leftOut } = document;
  const [first, last] = [runs[0], runs.at(-1)];
  if (first === undefined || last === undefined) return `\nNo run of ${target} can be shown.\n`;
  const span = runs.length === 1 ? dayOf(first.startedAt) : `${dayOf(first.startedAt)} to ${dayOf(last.startedAt)}`;
  const others =
    leftOut === 0
      ? []
      : [`${leftOut} others are left out: another load, other requests, another machine, void, or damaged.`];
  const headings: TableRow = ['', 'run to run', 'lowest', 'highest', 'last'].map((name): Piece => ['dim', name]);
  const changes = figures.flatMap((one) => changeLines(one, document));
  const parts: StyledLine[][] = [
    [[`${target}: ${runs.length} runs alike, ${span}`], ...others.map((text): StyledLine => [['dim', text]])],
    textTable([headings, ...figures.map(figureRow)], [0, 1]),
    changes.length === 0 ? [[['dim', noneText(runs.length)]]] : changes,
    [[['dim', A_TREND]]],
  ];
  return paragraphs(parts, colour);
}

function figureRow({ figure: name, unit, values }: HistoryFigure): TableRow {
  const known = values.filter((value) => value !== null);
  const shown = (value: number | null | undefined): string => (value == null ? 'unknown' : valueText(value, unit));
  return [
    `  ${name}`,
    ['cyan', line(values.slice(-DRAWN))],
    shown(known.length === 0 ? null : Math.min(...known)),
    shown(known.length === 0 ? null : Math.max(...known)),
    shown(values.at(-1)),
  ];
}

function changeLines({ figure: name, unit, changes }: HistoryFigure, { runs }: HistoryDocument): StyledLine[] {
  return changes.map(({ at, before, now, change }) => {
    const isWorse = now > before;
    const size = change === null ? '' : ` (${change < 0 ? '−' : '+'}${amount(change, unit)})`;
    const values = `${valueText(before, unit)} → ${valueText(now, unit)}${size}`;
    return [
      [isWorse ? 'yellow' : 'green', isWorse ? '▲ ' : '▼ '],
      `${name} ${values} from ${momentOf(runs[at]!.startedAt)} on, run ${runs[at]!.run}`,
    ];
  });
}

function noneText(count: number): string {
  return count < LEAST_RUNS
    ? `A change of level takes at least ${LEAST_RUNS} runs to be told.`
    : 'No figure has changed its level.';
}

function valueText(value: number, unit: HistoryFigure['unit']): string {
  if (unit === 'ms') return duration(value);
  return unit === 'share' ? percent(value) : `${figure(value)}/s`;
}

function amount(change: number, unit: HistoryFigure['unit']): string {
  const hundredths = figure(Math.abs(change) * 100);
  return unit === 'share' ? `${hundredths} points` : `${hundredths} %`;
}

/** From the lowest to the highest of them; a gap where it is unknown. */
function line(values: readonly (number | null)[]): string {
  const known = values.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const bar = (value: number): string =>
    BARS[high > low ? Math.round(((value - low) / (high - low)) * (BARS.length - 1)) : 0]!;
  return values.map((value) => (value === null ? ' ' : bar(value))).join('');
}

function dayOf(iso: string): string {
  return iso.slice(0, 10);
}

function momentOf(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)} UTC`;
}
