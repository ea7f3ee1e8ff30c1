import { type Profile, RUNNING } from '../profile/profile.ts';
import { ProfileBuilder } from '../profile/profile-builder.ts';
import type { GpuSeries } from '../telemetry/gpu-series.ts';

const BANDS = 10;
/** A value says nothing about more than the second the driver averages over. */
const LONGEST_MS = 1000;

/**
 * The weight of every running sample while the GPUs were idle: w · (1 − utilisation), the mean where there are several. 0 where the
 * utilisation at that time is unknown.
 */
export function gpuIdleWeights(profile: Profile, series: readonly GpuSeries[]): Float64Array {
  const { samples } = profile;
  const idle = samples.weight.map(() => 0);
  for (const gpu of series) {
    let at = 0;
    samples.time.forEach((time, row) => {
      while (at < gpu.time.length && gpu.time[at]! < time) at++;
      const busy = gpu.utilisation[at] ?? Number.NaN;
      if (Number.isNaN(busy) || gpu.time[at]! - time > LONGEST_MS || samples.state[row] !== RUNNING) return;
      idle[row]! += (samples.weight[row]! * Math.max(0, 1 - busy)) / series.length;
    });
  }
  return idle;
}

/** A GPU as a profile: bands of its utilisation in order of time. */
export function gpuProfile(gpu: GpuSeries): Profile {
  const builder = new ProfileBuilder();
  const frame = (name: string): number => builder.frame({ function: name, file: null, line: null, column: null });
  const root = builder.stack(-1, frame(`GPU ${gpu.index} ${gpu.name}`), 0);
  const thread = builder.thread({ pid: 0, id: `gpu ${gpu.index}`, name: `GPU ${gpu.index}` });
  for (let i = 1; i < gpu.time.length; i++) {
    const from = Math.max(gpu.time[i - 1]!, gpu.time[i]! - LONGEST_MS);
    const busy = gpu.utilisation[i]!;
    const name = Number.isNaN(busy) ? 'utilisation unknown' : bandName(busy);
    builder.sample(from, builder.stack(root, frame(name), 0), thread, gpu.time[i]! - from, RUNNING);
  }
  return builder.build(`GPU ${gpu.index}`, 'ms', true);
}

function bandName(busy: number): string {
  if (busy <= 0) return 'idle';
  const band = Math.min(BANDS - 1, Math.floor(busy * BANDS));
  return `${(band * 100) / BANDS}–${((band + 1) * 100) / BANDS} % busy`;
}
