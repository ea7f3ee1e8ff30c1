/** Beyond this many standard deviations nothing is left of the normal distribution in a double's sum. */
const FAR = 9;
const STEPS = 400;

/** The density of the standard normal distribution. */
export function normalDensity(z: number): number {
  return Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
}

/** The chance that a standard normal value is above `z`, by Simpson's rule: to some 9 digits. */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  if (z >= FAR) return 0;
  const step = (FAR - z) / STEPS;
  let sum = normalDensity(z) + normalDensity(FAR);
  for (let i = 1; i < STEPS; i++) sum += (i % 2 === 1 ? 4 : 2) * normalDensity(z + i * step);
  return (sum * step) / 3;
}

/** The value above which a standard normal one is with a chance of `tail`, by halving: to 1e-9. */
export function normalAbove(tail: number): number {
  let [low, high] = [-FAR, FAR];
  while (high - low > 1e-9) {
    const middle = (low + high) / 2;
    if (normalTail(middle) > tail) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
