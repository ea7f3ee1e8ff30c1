import { gpuIdleWeights, gpuProfile } from '../correlate/gpu-idle.ts';
import type { ViewWeights } from '../correlate/overlap.ts';
import type { Profile } from '../profile/profile.ts';
import { type ProfileView, runningView, threadViews, writeSpeedscope } from '../profile/write/speedscope.ts';
import type { GpuActivity } from '../telemetry/gpu-activity.ts';

/**
 * A profile as a speedscope file: all of it, with requests also *Slow requests* and *Other requests*, with GPUs *While the GPU was
 * idle* and one view a GPU, and one view a thread. Null where nothing ran.
 */
export function profileViews(
  profile: Profile,
  requests: ViewWeights | null,
  gpus: readonly GpuActivity[],
  name: string,
): string | null {
  const views: ProfileView[] = [runningView(profile, 'All')];
  if (requests !== null) {
    views.push(runningView(profile, 'Slow requests', requests.tail));
    views.push(runningView(profile, 'Other requests', requests.rest));
  }
  if (gpus.length > 0) views.push({ name: 'While the GPU was idle', weights: gpuIdleWeights(profile, gpus) });
  views.push(...threadViews(profile));
  const bands = gpus.map((gpu) => {
    const banded = gpuProfile(gpu);
    return { profile: banded, views: [runningView(banded, banded.name)] };
  });
  return writeSpeedscope([{ profile, views }, ...bands], name);
}
