import { seededRandom } from '../load/arrivals/random.ts';

/**
 * In which order points are measured: in rounds, each of which has every point once in an order drawn anew, so that what drifts meanwhile is
 * not taken for what is varied. @returns indexes of the points
 */
export function sweepOrder(points: number, rounds: number, seed: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: rounds }, () => shuffled(points, random)).flat();
}

/** Fisher and Yates's shuffle. */
function shuffled(length: number, random: () => number): number[] {
  const order = Array.from({ length }, (_, index) => index);
  for (let last = length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}
