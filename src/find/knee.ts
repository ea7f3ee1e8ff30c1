/** Fewer points have no bend to speak of. */
export const LEAST_POINTS = 3;
/** How far the bend has to stand out from a straight line, as a share of the whole range. */
const STANDS_OUT = 0.1;

/**
 * The point where a curve bends most away from the straight line between its ends: the maximum of the difference curve of Kneedle (Satopää,
 * Albrecht, Irwin, Raghavan: Finding a "Kneedle" in a Haystack, 2011), without smoothing. Null where it hardly bends.
 * @param x ascending @param y `rising` to a plateau, as throughput does, or `exploding` from one, as latency does
 */
export function kneeOf(x: readonly number[], y: readonly number[], shape: 'rising' | 'exploding'): number | null {
  if (x.length < LEAST_POINTS) return null;
  const [xs, ys] = [normalised(x), normalised(y)];
  if (xs === null || ys === null) return null;
  const bends = xs.map((value, index) => (shape === 'rising' ? ys[index]! - value : value - ys[index]!));
  const most = Math.max(...bends);
  return most < STANDS_OUT ? null : bends.indexOf(most);
}

function normalised(values: readonly number[]): number[] | null {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return high > low ? values.map((value) => (value - low) / (high - low)) : null;
}
