import type { ResultView } from './result-view.ts';

/** Less of a bucket than this is too little for a rate. */
const LEAST_PART = 0.25;

/**
 * A run's counts by bucket as requests a second. The bucket in which the load ended counts with the part before that; while it runs the
 * last bucket is not full yet, so that its rate is unknown.
 * @param counts `asked` or `got` of the series
 */
export function rateSeries(
  { overTime: { start, width }, verdict, phases }: Pick<ResultView, 'overTime' | 'verdict' | 'phases'>,
  counts: readonly (number | null)[],
): (number | null)[] {
  const ended = phases.at(-1)?.end ?? Number.POSITIVE_INFINITY;
  return counts.map((count, bucket) => {
    if (count === null || (verdict === null && bucket === counts.length - 1)) return null;
    const before = ended - (start + bucket * width);
    // Answers may come after the load has ended.
    const covered = before <= 0 ? width : Math.min(width, before);
    return covered < LEAST_PART * width ? null : (count * 1000) / covered;
  });
}
