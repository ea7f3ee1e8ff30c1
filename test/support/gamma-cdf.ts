/** The share of gamma variables of this shape and mean 1 that are at most `x`. */
export function unitGammaCdf(shape: number, x: number): number {
  return x <= 0 ? 0 : incompleteGamma(shape, shape * x);
}

/**
 * The regularised lower incomplete gamma function P(a, x), to about 1e-13: by its series (DLMF 8.7.1) where that is short, else 1 less
 * the continued fraction of Γ(a, x) (DLMF 8.9.2), read from the back.
 */
export function incompleteGamma(a: number, x: number): number {
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  if (x < a + 1) {
    let term = 1 / a;
    let sum = term;
    for (let n = 1; term > sum * 1e-16; n++) {
      term *= x / (a + n);
      sum += term;
    }
    return front * sum;
  }
  let fraction = 0;
  for (let n = 300; n > 0; n--) fraction = (n * (n - a)) / (x + 2 * n + 1 - a - fraction);
  return 1 - front / (x + 1 - a - fraction);
}

/** ln Γ(x) for x > 0: Stirling's series (DLMF 5.11.1) where it is good, 20 and above, reached by Γ(x) = Γ(x + 1) / x. */
function logGamma(x: number): number {
  if (x < 20) return logGamma(x + 1) - Math.log(x);
  const square = x * x;
  const series = (1 / 12 - (1 / 360 - (1 / 1260 - 1 / (1680 * square)) / square) / square) / x;
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series;
}
