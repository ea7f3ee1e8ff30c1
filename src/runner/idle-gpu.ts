import { gpuIdleFinding } from '../correlate/gpu-idle.ts';
import type { ResolvedPlan } from '../load/plan/plan.ts';
import type { Profile } from '../profile/profile.ts';
import { isUserFrame, shortPath } from '../profile/user-code.ts';
import type { RunDocument } from '../runs/run-document.ts';
import type { LabelledSeries } from '../telemetry/labelled-series.ts';

const MAX_FINDINGS = 5;

/**
 * The document with what ran while the GPU was idle as its last finding, or with a note where nothing can be said of it; as it was where
 * no GPU was told of. @param series all that was told beside the requests @param cwd what paths are named relative to
 */
export function withIdleGpu(
  document: RunDocument,
  profile: Profile,
  series: readonly LabelledSeries[],
  plan: ResolvedPlan,
  cwd: string,
): RunDocument {
  const phase = document.phases.find((span) => span.phase === 'profiled') ?? { start: 0, end: 0 };
  const describeFile = (file: string): string => shortPath(file, cwd);
  const input = { profile, phase, isUserCode: isUserFrame, seed: plan.seed, describeFile };
  const { finding, idleShare, sentence } = gpuIdleFinding(input, series);
  if (finding !== null) {
    const others = document.findings.slice(0, MAX_FINDINGS - 1);
    return { ...document, findings: [...others, finding] };
  }
  return idleShare === null ? document : { ...document, notes: [...document.notes, sentence] };
}
