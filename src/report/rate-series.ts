import type { ResultView } from './result-view.ts';

/**
 * A run's counts by bucket as requests a second. While it runs the last bucket is not full yet, so that its rate is unknown.
 * @param counts `asked`, `got` or `failed` of the series
 */
export function rateSeries(
  { overTime: { width }, verdict }: Pick<ResultView, 'overTime' | 'verdict'>,
  counts: readonly (number | null)[],
): (number | null)[] {
  return counts.map((count, bucket) => {
    const unfinished = verdict === null && bucket === counts.length - 1;
    return count === null || unfinished ? null : (count * 1000) / width;
  });
}
