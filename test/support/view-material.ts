import type { ViewMaterial } from '../../src/correlate/views/view-material.ts';

/** What a run without streams, GPUs, limits or groups has for its views. */
export function viewMaterial(run: Pick<ViewMaterial, 'profile' | 'requests' | 'phase'>): ViewMaterial {
  const limits = { latency: null, ttft: null, gap: null };
  return { ...run, chunks: [], gpus: [], limits, steps: ['ask'], groups: [] };
}
