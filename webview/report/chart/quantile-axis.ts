/** Where a quantile below 1 stands on an axis that gives each further nine the same room: 0 at the least, 1 at p90, 2 at p99. */
export function quantilePosition(quantile: number): number {
  return Math.max(0, -Math.log10(1 - Math.min(quantile, 1 - 1e-9)));
}

export function quantileAt(position: number): number {
  return 1 - 10 ** -position;
}

/** The quantiles to mark up to the highest there is: 0, 0.5, 0.9, 0.99, 0.999 and so on. */
export function quantileTicks(highest: number): number[] {
  const ticks = [0, 0.5];
  for (let nines = 1; nines < 9; nines++) ticks.push(Number((1 - 10 ** -nines).toFixed(nines)));
  return ticks.filter((quantile) => quantile <= highest + 1e-12);
}

/** `p99.9`, as they are called everywhere; the least is `min`. */
export function quantileText(quantile: number): string {
  return quantile <= 0 ? 'min' : `p${Number((quantile * 100).toFixed(7))}`;
}

/** The latency at a quantile; null where the points do not tell. */
export function latencyAtQuantile(
  points: readonly { readonly quantile: number; readonly latency: number }[],
  quantile: number,
): number | null {
  return points.find((point) => Math.abs(point.quantile - quantile) < 1e-7)?.latency ?? null;
}
