import type { ComparedFigures } from '../find/comparison.ts';
import { figure } from '../load/measure/figure.ts';
import { codeLines } from './code-lines.ts';
import { differenceLines } from './compare-text.ts';
import type { ComparisonDocument } from './comparison-document.ts';
import { duration, percent } from './figures.ts';
import { intervalAxis, intervalBar, intervalScale } from './interval-bar.ts';
import { type Piece, paragraphs, type StyledLine } from './styled-line.ts';
import { type TableRow, textTable } from './text-table.ts';

const BY_RANKS =
  'By the ranks of the runs’ figures: whether a change is more than runs differ by among themselves. Of twenty figures one looks so by chance.';
const TOO_FEW = 'How much of a change is chance takes more runs to tell, such as four of each.';

/** Two sides of several runs each, written out for people. @param root what files are named relative to @param colour whether the terminal shows colours */
export function comparisonText(document: ComparisonDocument, root: string, colour: boolean): string {
  const { first, second, figures, mixed } = document;
  const drawn = figures.flatMap(({ change, interval }) =>
    change === null || interval === null ? [] : [{ change, interval }],
  );
  const scale = intervalScale(drawn);
  const axis = drawn.length === 0 ? [] : [intervalAxis(scale)];
  const headings = ['', `first (${first.length})`, `second (${second.length})`, 'change', '95 %', ...axis];
  const parts: StyledLine[][] = [
    textTable(
      [headings.map((name): Piece => ['dim', name]), ...figures.map((figure) => figureRow(figure, scale))],
      [0, 5],
    ),
    codeLines(document.code, root),
    document.differences.length === 0
      ? [[['dim', 'Plan, machine, target, profiler and Tailflame are the same.']]]
      : differenceLines('The two sides differ', document.differences),
    document.unfit.map(({ run, why }): StyledLine => [['yellow', `${run}: ${why}`]]),
    mixed.map(
      ({ side, path }): StyledLine => [['yellow', `The runs of the ${side} side differ among themselves: ${path}.`]],
    ),
    [[['dim', figures.some(({ interval }) => interval !== null) ? BY_RANKS : TOO_FEW]]],
  ];
  return paragraphs(parts, colour);
}

function figureRow({ figure: name, unit, first, second, change, interval }: ComparedFigures, scale: number): TableRow {
  const value = (of: number | null): Piece => {
    if (of === null) return ['dim', 'unknown'];
    if (unit === 'ms') return duration(of);
    return unit === 'share' ? percent(of) : `${figure(of)}/s`;
  };
  const isSure = interval !== null && (interval[0] > 0 || interval[1] < 0);
  const told = change === null ? 'unknown' : signed(change, unit);
  return [
    name,
    value(first),
    value(second),
    isSure && told !== '0' ? ['bold', told] : told,
    interval === null ? ['dim', 'unknown'] : `${signed(interval[0], unit)} to ${signed(interval[1], unit)}`,
    ...(change === null || interval === null ? [] : [intervalBar({ change, interval }, scale)]),
  ];
}

/** `+12 %`, `−0.4 points`, `0`. */
function signed(change: number, unit: ComparedFigures['unit']): string {
  const hundredths = Math.abs(change) * 100;
  const size = Number(hundredths.toFixed(hundredths < 10 ? 1 : 0));
  if (size === 0) return '0';
  return `${change < 0 ? '−' : '+'}${size}${unit === 'share' ? ' points' : ' %'}`;
}
