import type { ComparedFigure } from './compared-figure.ts';

/** How values of a figure are made ready to be subtracted, and what a difference of them says. */
export interface ChangeScale {
  /** Null where one of them has no such value. */
  readonly values: (values: readonly number[]) => readonly number[] | null;
  readonly change: (difference: number) => number;
}

/** Times and rates by their logarithms: what changes, changes by so many per cent. Shares as they are. */
export function changeScale(unit: ComparedFigure['unit']): ChangeScale {
  if (unit === 'share') return { values: (values) => values, change: (difference) => difference };
  return {
    values: (values) => (values.every((value) => value > 0) ? values.map(Math.log) : null),
    change: Math.expm1,
  };
}
