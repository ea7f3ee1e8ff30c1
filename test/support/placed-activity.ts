import type { GpuActivity } from '../../src/telemetry/gpu-activity.ts';

/** How busy a GPU was, told `count` times every `window` ms from `first` of run time on, each time of the window before it. */
export function placedActivity(
  first: number,
  window: number,
  count: number,
  busyAt: (time: number) => number,
): GpuActivity {
  const time = Float64Array.from({ length: count }, (_, i) => first + i * window);
  return {
    ...{ gpu: '0', name: 'A GPU', source: 'utilisation', by: "nvidia-smi's utilisation", window },
    ...{ from: time.map((to) => to - window), time, values: time.map(busyAt) },
  };
}
