import type { LiveSnapshot } from '../load/recorder.ts';
import { duration, figure } from './figures.ts';

const PHASE_NAME = {
  warmup: 'Warming up',
  measured: 'Measuring',
  transition: 'Starting the profiler',
  profiled: 'Profiling',
};

/** One line on a run in progress. */
export function progressText(live: LiveSnapshot): string {
  const rate = live.asked === null ? `${figure(live.rate)}/s` : `${figure(live.rate)} of ${figure(live.asked)}/s`;
  const parts = [
    PHASE_NAME[live.phase],
    `${(live.elapsed / 1000).toFixed(0)} s`,
    live.percentile ? `${live.percentile.name} ${duration(live.percentile.value)}` : 'latency not known yet',
    rate,
  ];
  if (live.failed > 0) parts.push(`${figure(live.failed)} failed`);
  if (live.dropped > 0) parts.push(`${figure(live.dropped)} dropped`);
  return parts.join(' · ');
}
