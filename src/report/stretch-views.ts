import type { Profile } from '../profile/profile.ts';
import type { OpenedRun } from '../runner/open-run.ts';
import { objectiveLimit } from '../runner/slow-lines.ts';
import { slowViews } from '../runner/slow-views.ts';
import type { RequestTable } from '../runs/request-table.ts';
import { profileViews } from './profile-views.ts';

/**
 * The flame graph of a stretch of a run as a speedscope file, with the views of the whole one: who is slow is as in the whole run. A sample
 * that stood over the stretch's edge counts with the part that lies within. Null where nothing ran then, or the profile has no times.
 * @param requests of the run's profiled phase @param from run time, ms @param to not included
 */
export function stretchViews(
  { document, plan }: OpenedRun,
  requests: RequestTable,
  profile: Profile,
  from: number,
  to: number,
): string | null {
  if (!profile.hasTime || !(to > from)) return null;
  const within = sharesWithin(profile, from, to);
  const scaled = (weights: Float64Array): Float64Array => weights.map((weight, row) => weight * within[row]!);
  const slow = slowViews(profile, requests, objectiveLimit(plan));
  const stretch = { ...profile, samples: { ...profile.samples, weight: scaled(profile.samples.weight) } };
  const start = document.phases.find(({ phase }) => phase === 'measured')?.start ?? 0;
  const second = (ms: number): number => Number(((ms - start) / 1000).toFixed(2));
  const name = `${second(from)}–${second(to)} s`;
  return profileViews(stretch, { tail: scaled(slow.tail), rest: scaled(slow.rest) }, [], name);
}

/** Of each sample how much of it lies in the stretch, 0–1. Where a profile counts ms, a sample stood for its weight from its time on. */
function sharesWithin({ unit, samples }: Profile, from: number, to: number): Float64Array {
  return samples.time.map((time, row) => {
    const weight = samples.weight[row]!;
    if (unit !== 'ms' || !(weight > 0)) return Number(time >= from && time < to);
    return Math.max(0, Math.min(to, time + weight) - Math.max(from, time)) / weight;
  });
}
