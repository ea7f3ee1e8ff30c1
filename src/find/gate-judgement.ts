import type { RunDocument } from '../runs/run-document.ts';
import type { ComparedFigure } from './compared-figure.ts';
import type { GateDocument, GateFigure } from './gate-document.ts';

import { median } from './median.ts';
import { differenceBounds, middleDifference } from './signed-rank.ts';

/** The runs of one pair. */
export interface MeasuredPair {
  readonly baseline: RunDocument;
  readonly candidate: RunDocument;
}

/** How much worse is allowed: of times as a share, of failures in points. */
export interface Tolerance {
  readonly times: number;
  readonly failures: number;
}

/**
 * What pairs of runs say of each figure. A figure has failed where it is surely worse than allowed, and passed where it surely is not.
 *
 * One of several figures that fails fails the gate, so each has to be as much surer (Bonferroni); all have to pass for it to pass, which
 * needs no such correction (an intersection–union test; Berger, Technometrics 24, 1982).
 *
 * @param miss the chance of error of either kind that this look is held to
 */
export function judgeFigures(
  pairs: readonly MeasuredPair[],
  figures: readonly ComparedFigure[],
  tolerance: Tolerance,
  miss: number,
): GateFigure[] {
  return figures.map((figure) => {
    const isTime = figure.unit === 'ms';
    const allowed = isTime ? tolerance.times : tolerance.failures;
    const values = pairs
      .map(({ baseline, candidate }) => [figure.of(baseline), figure.of(candidate)] as const)
      .filter((pair): pair is readonly [number, number] =>
        pair.every((value) => value !== null && (value > 0 || !isTime)),
      );
    const differences = values.map(([before, now]) => (isTime ? Math.log(now / before) : now - before));
    const asChange = (difference: number): number => (isTime ? Math.expm1(difference) : difference);
    const [low, high] = differenceBounds(differences, miss).map(asChange) as [number, number];
    const surelyAbove = asChange(differenceBounds(differences, miss / figures.length)[0]);
    const middle = middleDifference(differences);
    return {
      figure: figure.name,
      unit: isTime ? 'ms' : 'share',
      baseline: median(values.map(([before]) => before)),
      candidate: median(values.map(([, now]) => now)),
      change: middle === null ? null : asChange(middle),
      interval: [low, high].map((end) => (Number.isFinite(end) && end !== -1 ? end : null)) as GateFigure['interval'],
      allowed,
      status: surelyAbove > allowed ? 'failed' : high < allowed ? 'passed' : 'inconclusive',
    };
  });
}

/** What figures say of the whole. */
export function statusOf(figures: readonly GateFigure[]): Exclude<GateDocument['status'], 'void'> {
  if (figures.some(({ status }) => status === 'failed')) return 'failed';
  return figures.every(({ status }) => status === 'passed') ? 'passed' : 'inconclusive';
}
