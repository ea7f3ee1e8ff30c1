import { figure } from '../load/measure/figure.ts';

/** A time for people: `0.42 ms`, `63 ms`, `1.24 s`. */
export function duration(ms: number | null): string {
  if (ms === null) return 'unknown';
  if (ms < 1) return `${ms.toFixed(2)} ms`;
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  if (ms < 1000) return `${ms.toFixed(0)} ms`;
  return `${(ms / 1000).toFixed(2)} s`;
}

/** The same to three digits, for times that are looked at more closely: `23.4 ms`. */
export function fineDuration(ms: number | null): string {
  return ms === null || ms < 10 || ms >= 100 ? duration(ms) : `${ms.toFixed(1)} ms`;
}

/** Output tokens a second: `1,240 tokens/s`. */
export function tokenRate(perSecond: number): string {
  return `${figure(perSecond)} tokens/s`;
}

export function percent(share: number): string {
  const value = share * 100;
  return `${value < 10 && value > 0 ? Number(value.toPrecision(2)) : Math.round(value)} %`;
}
