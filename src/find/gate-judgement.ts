import type { ComparedFigure } from './compared-figure.ts';
import type { GateDocument, GateFigure } from './gate-document.ts';
import { median } from './median.ts';

/** One figure of all segments of both builds. */
export interface FigureSample {
  readonly figure: Pick<ComparedFigure, 'name' | 'unit'>;
  readonly baseline: readonly number[];
  readonly candidate: readonly number[];
}

/** How two samples are held against each other: by how much the candidate's lie above the baseline's, and between what bounds that is. */
export interface Method {
  readonly middle: (baseline: readonly number[], candidate: readonly number[]) => number | null;
  /** Either is wrong with a chance of at most `miss`; infinite where too few values say anything. */
  readonly bounds: (
    baseline: readonly number[],
    candidate: readonly number[],
    miss: number,
  ) => [low: number, high: number];
}

/** How much worse is allowed: of times as a share, of failures in points. */
export interface Tolerance {
  readonly times: number;
  readonly failures: number;
}

/**
 * What samples say of each figure. A figure has failed where it is surely worse than allowed, and passed where it surely is not.
 *
 * One of several figures that fails fails the gate, so each has to be as much surer (Bonferroni); all have to pass for it to pass, which
 * needs no such correction (an intersection–union test; Berger, Technometrics 24, 1982).
 *
 * @param miss the chance of error of either kind that this look is held to
 */
export function judgeFigures(
  samples: readonly FigureSample[],
  { middle, bounds }: Method,
  tolerance: Tolerance,
  miss: number,
): GateFigure[] {
  return samples.map(({ figure: { name, unit }, baseline, candidate }) => {
    const isTime = unit !== 'share';
    const allowed = isTime ? tolerance.times : tolerance.failures;
    const scaled = (values: readonly number[]): readonly number[] => (isTime ? values.map(Math.log) : values);
    const asChange = (difference: number): number => (isTime ? Math.expm1(difference) : difference);
    const [before, now] = [scaled(baseline), scaled(candidate)];
    const ends = bounds(before, now, miss);
    const surelyAbove = asChange(bounds(before, now, miss / samples.length)[0]);
    const shift = middle(before, now);
    return {
      figure: name,
      unit: isTime ? 'ms' : 'share',
      baseline: median(baseline),
      candidate: median(candidate),
      change: shift === null ? null : asChange(shift),
      interval: ends.map((end) => (Number.isFinite(end) ? asChange(end) : null)) as GateFigure['interval'],
      allowed,
      status: surelyAbove > allowed ? 'failed' : asChange(ends[1]) < allowed ? 'passed' : 'inconclusive',
    };
  });
}

/** What figures say of the whole. */
export function statusOf(figures: readonly GateFigure[]): Exclude<GateDocument['status'], 'void'> {
  if (figures.some(({ status }) => status === 'failed')) return 'failed';
  return figures.length > 0 && figures.every(({ status }) => status === 'passed') ? 'passed' : 'inconclusive';
}
