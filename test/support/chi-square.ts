/** Pearson's statistic of counts that should all be in these proportions. */
export function chiSquare(counts: readonly number[], weights: readonly number[]): number {
  const [n, all] = [counts, weights].map((values) => values.reduce((sum, value) => sum + value, 0)) as [number, number];
  return counts.reduce((sum, count, i) => {
    const expected = (n * weights[i]!) / all;
    return sum + (count - expected) ** 2 / expected;
  }, 0);
}
