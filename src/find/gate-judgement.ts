import { changeScale } from './change-scale.ts';
import type { ComparedFigure } from './compared-figure.ts';
import type { GateFigure, GateLevel } from './gate-document.ts';
import { median } from './median.ts';

/** One figure of all segments of both builds. */
export interface FigureSample {
  readonly figure: Pick<ComparedFigure, 'name' | 'unit'>;
  readonly baseline: readonly number[];
  readonly candidate: readonly number[];
}

/** How two samples are held against each other: by how much the candidate's lie above the baseline's, and between what bounds that is. */
export interface ComparisonMethod {
  readonly middle: (baseline: readonly number[], candidate: readonly number[]) => number | null;
  /** Either is wrong with a chance of at most `miss`; infinite where too few values say anything. */
  readonly bounds: (
    baseline: readonly number[],
    candidate: readonly number[],
    miss: number,
  ) => [low: number, high: number];
}

/** The chances of error that a look is held to: that a figure fails which is not worse, and that one passes which is. */
export interface LookMiss {
  readonly fail: number;
  readonly pass: number;
}

/** How much worse is allowed: of times as a share, of failures in points. */
export interface Tolerance {
  readonly times: number;
  readonly failures: number;
}

/**
 * What samples say of each figure. A figure has failed where it is surely worse than allowed, and passed where it surely is not.
 *
 * One of several figures that fails fails the gate, so each has to be as much surer (`miss.fail` is each one's part; Bonferroni). All have
 * to pass for it to pass, which needs no such correction (an intersection–union test; Berger, Technometrics 24, 1982).
 */
export function judgeFigures(
  samples: readonly FigureSample[],
  method: ComparisonMethod,
  tolerance: Tolerance,
  miss: LookMiss,
): GateFigure[] {
  return samples.map((sample) => judgedFigure(sample, method, tolerance, miss));
}

function judgedFigure(
  { figure: { name, unit }, baseline, candidate }: FigureSample,
  { middle, bounds }: ComparisonMethod,
  tolerance: Tolerance,
  miss: LookMiss,
): GateFigure {
  const isShare = unit === 'share';
  const allowed = isShare ? tolerance.failures : tolerance.times;
  // Ranks do not see a few segments in which everything failed: of shares the mean is what is told.
  const [before, now] = [baseline, candidate].map((values) => (isShare ? mean(values) : median(values)));
  const facts = {
    figure: name,
    unit: isShare ? ('share' as const) : ('ms' as const),
    baseline: before!,
    candidate: now!,
    allowed,
  };
  const scale = changeScale(unit);
  const [first, second] = [scale.values(baseline), scale.values(candidate)];
  const shift = first === null || second === null ? null : middle(first, second);
  if (first === null || second === null || shift === null) {
    return { ...facts, segments: candidate.length, change: null, interval: [null, null], status: 'inconclusive' };
  }
  const low = scale.change(bounds(first, second, miss.fail)[0]);
  const high = scale.change(bounds(first, second, miss.pass)[1]);
  const told = isShare ? now! - before! : scale.change(shift);
  const known = (end: number): number | null => (Number.isFinite(end) && end > -1 ? end : null);
  return {
    ...facts,
    segments: candidate.length,
    change: told,
    interval: [known(low), known(high)],
    status: low > allowed ? 'failed' : high < allowed && told < allowed ? 'passed' : 'inconclusive',
  };
}

/** What figures say of the whole: it passes on times, and not for want of any. */
export function statusOf(
  figures: readonly GateFigure[],
  levels: readonly GateLevel[],
): 'passed' | 'failed' | 'inconclusive' {
  const judged = [...figures, ...levels];
  if (judged.some(({ status }) => status === 'failed')) return 'failed';
  const passed = judged.every(({ status }) => status === 'passed');
  return passed && figures.some(({ unit }) => unit === 'ms') ? 'passed' : 'inconclusive';
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
