import type { Waits } from '../../runs/run-document.ts';

/** The percentiles of the latest, the highest first. */
export const TAILS = ['p99', 'p95', 'p90'] as const;

/** The highest percentile that there are enough requests for, ms; null where not even the median has any. */
export function highestTold(waits: Waits): { readonly name: keyof Waits; readonly ms: number } | null {
  for (const name of [...TAILS, 'p50'] as const) {
    const ms = waits[name];
    if (ms !== null && ms !== undefined) return { name, ms };
  }
  return null;
}
