import type { RunDocument } from '../runs/run-document.ts';
import { changeScale } from './change-scale.ts';
import { allFigures, type ComparedFigure } from './compared-figure.ts';
import { median } from './median.ts';
import { middleShift, shiftBounds } from './rank-sum.ts';

/** A figure of all runs of two sides. */
export interface ComparedFigures {
  figure: string;
  unit: ComparedFigure['unit'];
  /** The median of each side's runs; null where none has it. */
  first: number | null;
  second: number | null;
  /** By how much the second side is above the first: as a share of it, of shares as their difference; null unknown. */
  change: number | null;
  /** Where that lies with 95 %; null where there are too few runs: it takes some four of each. */
  interval: [low: number, high: number] | null;
}

/** To either side. */
const MISS = 0.025;

/**
 * Every figure that some run has. What a build's runs differ by among themselves is what tells change from chance: their figures are held
 * against each other by ranks, as requests of one run are not independent of each other.
 */
export function compareRuns(first: readonly RunDocument[], second: readonly RunDocument[]): ComparedFigures[] {
  return allFigures([...first, ...second]).map(({ name, unit, of }) => {
    const known = (runs: readonly RunDocument[]): number[] => runs.map(of).filter((value) => value !== null);
    const [before, now] = [known(first), known(second)];
    return { figure: name, unit, first: median(before), second: median(now), ...changeOf(unit, before, now) };
  });
}

function changeOf(
  unit: ComparedFigure['unit'],
  first: readonly number[],
  second: readonly number[],
): Pick<ComparedFigures, 'change' | 'interval'> {
  const { values, change } = changeScale(unit);
  const [before, now] = [values(first), values(second)];
  const middle = before === null || now === null ? null : middleShift(before, now);
  if (before === null || now === null || middle === null) return { change: null, interval: null };
  const bounds = shiftBounds(before, now, MISS);
  const [low, high] = bounds.map(change) as [number, number];
  return { change: change(middle), interval: bounds.every(Number.isFinite) ? [low, high] : null };
}
