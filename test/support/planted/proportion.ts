import { seededRandom } from '../../../src/load/arrivals/random.ts';

/** How many of how many, with the 95 % interval of the share; null of nothing. */
export interface Proportion {
  readonly count: number;
  readonly of: number;
  readonly interval: readonly [low: number, high: number] | null;
}

const Z = 1.96;
const DRAWS = 2000;

/** Of independent ones: Wilson's interval. */
export function proportion(outcomes: readonly boolean[]): Proportion {
  const of = outcomes.length;
  const count = outcomes.filter((outcome) => outcome).length;
  if (of === 0) return { count, of, interval: null };
  const share = count / of;
  const middle = (share + Z ** 2 / (2 * of)) / (1 + Z ** 2 / of);
  const half = (Z / (1 + Z ** 2 / of)) * Math.sqrt((share * (1 - share)) / of + (Z / (2 * of)) ** 2);
  return { count, of, interval: [Math.max(0, middle - half), Math.min(1, middle + half)] };
}

/** Of outcomes that belong together in clusters: by drawing clusters with replacement. */
export function clusteredProportion(clusters: readonly (readonly boolean[])[], seed: number): Proportion {
  const sums = clusters
    .map((outcomes) => ({ count: outcomes.filter((outcome) => outcome).length, of: outcomes.length }))
    .filter(({ of }) => of > 0);
  const count = sums.reduce((sum, cluster) => sum + cluster.count, 0);
  const of = sums.reduce((sum, cluster) => sum + cluster.of, 0);
  if (of === 0) return { count, of, interval: null };
  // Where all are alike, drawing says nothing of chance; as many independent clusters would.
  if (count === 0 || count === of) {
    const { interval } = proportion(sums.map(() => count > 0));
    return { count, of, interval };
  }
  const random = seededRandom(seed);
  const shares = Array.from({ length: DRAWS }, () => {
    let drawnCount = 0;
    let drawnOf = 0;
    for (let draw = 0; draw < sums.length; draw++) {
      const cluster = sums[Math.floor(random() * sums.length)]!;
      drawnCount += cluster.count;
      drawnOf += cluster.of;
    }
    return drawnCount / drawnOf;
  }).sort((a, b) => a - b);
  return { count, of, interval: [shares[Math.floor(0.025 * DRAWS)]!, shares[Math.ceil(0.975 * DRAWS) - 1]!] };
}
