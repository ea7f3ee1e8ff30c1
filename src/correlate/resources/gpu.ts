import { figure, wholePercent } from '../../load/measure/figure.ts';
import type { ResourceFacts } from '../../runs/run-document.ts';
import { type GpuActivity, gpuActivity } from '../../telemetry/gpu-activity.ts';
import { GPU_SERIES, targetGpus } from '../../telemetry/gpu-series.ts';
import { AT_LIMIT, before } from './cpu.ts';
import { type Look, type Observed, stateOf } from './observed.ts';

/** The busiest GPU, of those the target is known to use where that is known. Null where no GPU was watched. */
export function gpuFacts(observed: Observed): ResourceFacts | null {
  const own = targetGpus(observed.series);
  let busiest: { readonly activity: GpuActivity; readonly look: Look } | null = null;
  for (const activity of gpuActivity(observed.series)) {
    const { gpu, time, values } = activity;
    if (own !== null && !own.has(gpu.split('/')[0]!)) continue;
    const look = observed.lookAt({ name: activity.by, labels: {}, unit: '', time, values });
    if (look !== null && (busiest === null || look.mean > busiest.look.mean)) busiest = { activity, look };
  }
  if (busiest === null) return null;
  const { activity, look } = busiest;
  const share = Math.min(1, look.mean);
  const busy = `GPU ${activity.gpu} was busy ${wholePercent(share)} of the time by ${activity.by}${before(look, wholePercent)}`;
  // The driver counts any kernel at all, however little of the GPU it takes.
  const little = activity.source === 'utilisation' ? ', which does not say with how much of it' : '';
  return {
    resource: 'gpu',
    state: stateOf(share >= AT_LIMIT, share >= AT_LIMIT && observed.waiting.didWait),
    utilisation: share,
    sentence: `GPU: ${busy}${little}${memoryText(observed, activity.gpu)}.`,
  };
}

function memoryText(observed: Observed, gpu: string): string {
  const most = (name: string): number | null =>
    observed.looks((series) => series.name === name && series.labels['gpu'] === gpu)[0]?.most ?? null;
  const [used, total] = [most(GPU_SERIES.memory), most(GPU_SERIES.memoryTotal)];
  if (used === null) return '';
  const of = total === null ? '' : ` of ${figure(Math.round(total))}`;
  return `; at most ${figure(Math.round(used))}${of} MiB of its memory were in use`;
}
