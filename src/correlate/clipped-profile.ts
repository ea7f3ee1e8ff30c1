import type { Profile } from '../profile/profile.ts';
import type { Span } from './shares.ts';

/**
 * A profile with what was sampled in a stretch of time alone. Samples keep their rows: one that lies outside has no weight, and where the
 * profile counts ms, one at an edge that of the part within. All of it where the stretch has no length, which is then not known, or the
 * profile no times.
 */
export function clippedProfile(profile: Profile, { start, end }: Span): Profile {
  if (!(end > start) || !profile.hasTime) return profile;
  const { time, weight } = profile.samples;
  const isLong = (row: number): boolean => profile.unit === 'ms' && weight[row]! > 0;
  const within = weight.map((value, row) => {
    const from = time[row]!;
    if (!isLong(row)) return from >= start && from < end ? value : 0;
    return Math.max(0, Math.min(end, from + value) - Math.max(start, from));
  });
  const begin = time.map((from, row) => (isLong(row) ? Math.max(start, from) : from));
  return { ...profile, samples: { ...profile.samples, time: begin, weight: within } };
}
