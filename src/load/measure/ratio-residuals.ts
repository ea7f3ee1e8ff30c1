/**
 * By block how far a ratio of sums is from what it is in all of them, so that the sum of the squares is the ratio's variance, and the
 * residuals of several numerators sum to those of their sum. Cochran, Sampling Techniques, 6.4, of as many blocks as there could be.
 * @param numerators by block; where it has none, nothing @param denominators of each block
 */
export function ratioResiduals(numerators: readonly (number | undefined)[], denominators: readonly number[]): number[] {
  const sum = (values: readonly (number | undefined)[]): number =>
    values.reduce<number>((all, one) => all + (one ?? 0), 0);
  const count = sum(denominators);
  const ratio = sum(numerators) / count;
  const scale = Math.sqrt(denominators.length / (denominators.length - 1)) / count;
  return denominators.map((part, block) => scale * ((numerators[block] ?? 0) - ratio * part));
}
