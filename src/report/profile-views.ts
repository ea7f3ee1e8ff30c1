import type { ViewWeights } from '../correlate/overlap.ts';
import type { Profile } from '../profile/profile.ts';
import { type ProfileView, runningView, threadViews, writeSpeedscope } from '../profile/write/speedscope.ts';

/** A profile as a speedscope file: all of it, with requests also *Slow requests* and *Other requests*, then one view a thread. */
export function profileViews(profile: Profile, requests: ViewWeights | null, name: string): string | null {
  const slow: ProfileView[] =
    requests === null
      ? []
      : [runningView(profile, 'Slow requests', requests.tail), runningView(profile, 'Other requests', requests.rest)];
  return writeSpeedscope(profile, [runningView(profile, 'All'), ...slow, ...threadViews(profile)], name);
}
