import type { RunDocument } from '../runs/run-document.ts';
import { allFigures, type ComparedFigure } from './compared-figure.ts';
import { median } from './median.ts';
import { middleShift, shiftBounds } from './rank-sum.ts';

/** One figure of all runs of two sides. */
export interface ComparedRuns {
  figure: string;
  unit: ComparedFigure['unit'];
  /** The median of each side's runs; null where none has it. */
  first: number | null;
  second: number | null;
  /** By how much the second side is above the first: as a share of it, of shares as their difference; null unknown. */
  change: number | null;
  /** Where that lies with 95 %; null where there are too few runs: it takes four of each. */
  interval: [low: number, high: number] | null;
}

/** To either side. */
const MISS = 0.025;

/**
 * Every figure that some run has. What a build's runs differ by among themselves is what tells change from chance: their figures are held
 * against each other by ranks, as requests of one run are not independent of each other.
 */
export function compareRuns(first: readonly RunDocument[], second: readonly RunDocument[]): ComparedRuns[] {
  return allFigures([...first, ...second]).map(({ name, unit, of }) => {
    const known = (runs: readonly RunDocument[]): number[] => runs.map(of).filter((value) => value !== null);
    const [before, now] = [known(first), known(second)];
    return { figure: name, unit, first: median(before), second: median(now), ...changeOf(unit, before, now) };
  });
}

/** Of times and rates by their logarithms: what changes, changes by so many per cent. */
function changeOf(
  unit: ComparedFigure['unit'],
  first: readonly number[],
  second: readonly number[],
): Pick<ComparedRuns, 'change' | 'interval'> {
  const isRatio = unit !== 'share';
  const unknown = { change: null, interval: null };
  if (isRatio && [...first, ...second].some((value) => value <= 0)) return unknown;
  const scaled = (values: readonly number[]): readonly number[] => (isRatio ? values.map(Math.log) : values);
  const asChange = (shift: number): number => (isRatio ? Math.expm1(shift) : shift);
  const middle = middleShift(scaled(first), scaled(second));
  if (middle === null) return unknown;
  const bounds = shiftBounds(scaled(first), scaled(second), MISS);
  const [low, high] = bounds.map(asChange) as [number, number];
  return { change: asChange(middle), interval: bounds.every(Number.isFinite) ? [low, high] : null };
}
