import { seededRandom } from '../load/arrivals/random.ts';
import { shuffle } from './shuffle.ts';

/**
 * In which order points are measured: in rounds, each of which has every point once in an order drawn anew, so that what drifts meanwhile is
 * not taken for what is varied. @returns indexes of the points
 */
export function sweepOrder(points: number, rounds: number, seed: number): number[] {
  const random = seededRandom(seed);
  return Array.from({ length: rounds }, () => {
    const order = Array.from({ length: points }, (_, index) => index);
    shuffle(order, random);
    return order;
  }).flat();
}
