import { PlanError } from '../plan/plan-error.ts';

export const ARRIVALS = ['constant', 'poisson', 'gamma'] as const;
export type Arrivals = (typeof ARRIVALS)[number];

/**
 * Gaps between arrivals whose mean is 1, independent of each other.
 *
 * `poisson`: exponential. `gamma`: of shape `burstiness` and scale 1 / `burstiness`, the definition vLLM's benchmark has: 1 is Poisson,
 * below it arrivals come in bursts (the variance is 1 / `burstiness`), and Infinity is constant. `burstiness` is read for gamma only.
 */
export function gapsOf(arrivals: Arrivals, burstiness: number, random: () => number): () => number {
  if (arrivals === 'gamma' && !(burstiness > 0)) {
    throw new PlanError(
      `A burstiness of ${burstiness} has no meaning: give a number above 0; 1 is as bursty as Poisson.`,
    );
  }
  if (isEven(arrivals, burstiness)) return () => 1;
  // The same distribution, and so the same arrivals for the same seed.
  if (arrivals === 'poisson' || burstiness === 1) return () => -Math.log(1 - random());
  return gammaGaps(burstiness, random);
}

/** Whether arrivals are evenly spaced. */
export function isEven(arrivals: Arrivals, burstiness: number): boolean {
  return arrivals === 'constant' || (arrivals === 'gamma' && burstiness === Number.POSITIVE_INFINITY);
}

/**
 * By rejection from a cubed normal (Marsaglia and Tsang, A simple method for generating gamma variables, 2000). It needs a shape of 1
 * at least; a lesser one k is a gamma of shape k + 1 times u^(1/k), as they show in section 6.
 */
function gammaGaps(shape: number, random: () => number): () => number {
  const boosted = shape < 1;
  const d = (boosted ? shape + 1 : shape) - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  const normal = normals(random);
  const gamma = (): number => {
    for (;;) {
      const x = normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - random()) < (x * x) / 2 + d * (1 - v + Math.log(v))) return d * v;
    }
  };
  if (!boosted) return () => gamma() / shape;
  return () => (gamma() * (1 - random()) ** (1 / shape)) / shape;
}

/** Standard normal numbers, two at a time from a point in the unit disc (Marsaglia's polar method). */
export function normals(random: () => number): () => number {
  let spare: number | null = null;
  return () => {
    if (spare !== null) {
      const kept = spare;
      spare = null;
      return kept;
    }
    for (;;) {
      const x = 2 * random() - 1;
      const y = 2 * random() - 1;
      const square = x * x + y * y;
      if (square > 0 && square < 1) {
        const scale = Math.sqrt((-2 * Math.log(square)) / square);
        spare = y * scale;
        return x * scale;
      }
    }
  };
}
