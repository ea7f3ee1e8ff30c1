import { arrivalTimes } from '../load/arrivals/arrivals.ts';
import { mixSeed } from '../load/arrivals/random.ts';
import { modelOf } from '../load/model/load-model.ts';
import type { OpenLoad } from '../load/model/open-load.ts';
import { LIMITS } from '../load/plan/limits.ts';

/** A probe is looked at in so many equal parts. */
const PARTS = 4;
/** Standard deviations of a Poisson count that each part may have more or fewer arrivals than are asked for. */
const TOLERANCE = 0.5;
/** One seed in some forty is balanced. */
const MOST_TRIES = 1000;
/** Of more arrivals chance leaves a share so small that it is not worth the time to look for another seed. */
const MOST_ARRIVALS = 50_000;

/**
 * The first of the seeds made of `seed` whose arrivals are as many as were asked for in every quarter of the probe. Near the edge 2 % more arrivals
 * than asked for, which chance gives a probe of 2,000, can double its misses: what is left out by rejection is that chance alone, while
 * within a quarter arrivals stay a Poisson process. `seed` itself where there is none, or of so many arrivals that chance leaves half a
 * per cent at most. (docs/decisions/search.md)
 *
 * @param duration of the load, ms
 */
export function balancedSeed(load: OpenLoad, duration: number, seed: number): number {
  const expected = (modelOf(load).asked?.before(duration) ?? 0) / PARTS;
  if (expected * PARTS > MOST_ARRIVALS) return seed;
  const allowed = TOLERANCE * Math.sqrt(expected);
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    // Neighbouring probes have neighbouring seeds, and must not come to have the same one.
    const candidate = mixSeed(seed, tries) % LIMITS.seed.most;
    if (countsByPart(load, duration, candidate).every((count) => Math.abs(count - expected) <= allowed)) {
      return candidate;
    }
  }
  return seed;
}

function countsByPart(load: OpenLoad, duration: number, seed: number): number[] {
  const counts = new Array<number>(PARTS).fill(0);
  const next = arrivalTimes(load, 0, seed, 'measured');
  for (let time = next(); time < duration; time = next()) counts[Math.floor((time / duration) * PARTS)]!++;
  return counts;
}
