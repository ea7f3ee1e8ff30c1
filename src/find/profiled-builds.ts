import { type CodeRun, type LineTime, lineTimes, type TimedRequests } from '../correlate/code/line-times.ts';
import type { SegmentRunner } from './segment-runner.ts';

/** Runs of each build that are profiled: what differs from one to the next is in their mean. */
export const PROFILED_RUNS = 2;

/**
 * What the lines of each build took, from runs in turns; or why that is not known, as a sentence.
 * @param which requests, one or several kinds of them from the same runs
 */
export async function profiledBuilds<Build extends string, Which extends TimedRequests>(
  segments: Pick<SegmentRunner<Build>, 'profile'>,
  builds: readonly Build[],
  which: readonly Which[],
): Promise<Record<Build, Record<Which, LineTime[]>> | string> {
  const runs = new Map<Build, CodeRun[]>(builds.map((build) => [build, []]));
  for (let turn = 1; turn <= PROFILED_RUNS; turn++) {
    const order = turn % 2 === 1 ? builds : builds.toReversed();
    for (const build of order) {
      const run = await segments.profile(build, turn);
      if (typeof run === 'string') return `The ${build} has no profile. ${run}`;
      runs.get(build)!.push(run);
    }
  }
  const told = {} as Record<Build, Record<Which, LineTime[]>>;
  for (const build of builds) {
    told[build] = {} as Record<Which, LineTime[]>;
    for (const one of which) {
      const times = lineTimes(runs.get(build)!, one);
      if (times === null) return `The ${build} answered no request while it was profiled, or its profile has no times.`;
      told[build][one] = times;
    }
  }
  return told;
}
