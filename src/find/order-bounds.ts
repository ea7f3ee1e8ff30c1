/**
 * The two of ascending values between which what they estimate lies, each end wrong with a chance of at most `miss`; infinite where too few
 * say anything.
 *
 * @param chances of so many of them lying below it, from none on
 */
export function orderBounds(
  ascending: readonly number[],
  chances: Float64Array,
  miss: number,
): [low: number, high: number] {
  /** Index of the lowest value that may be the bound; −1: none. */
  let out = -1;
  for (let below = chances[0]!; below <= miss; below += chances[out + 1]!) out++;
  return [
    ascending[out] ?? Number.NEGATIVE_INFINITY,
    ascending[ascending.length - 1 - out] ?? Number.POSITIVE_INFINITY,
  ];
}
