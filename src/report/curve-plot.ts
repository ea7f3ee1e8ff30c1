/** A point of a curve: throughput to the right, latency upwards. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number;
  /** One character. */
  readonly mark: string;
}

/**
 * Points on a grid of characters, the highest line first, on a logarithmic scale of y from the lowest value to the highest: latencies span
 * decades. Where two fall on one place the later is seen. Empty for fewer than two points.
 */
export function curvePlot(points: readonly CurvePoint[], width: number, height: number): string[] {
  if (points.length < 2) return [];
  const [xs, ys] = [points.map(({ x }) => x), points.map(({ y }) => Math.log(y))];
  const [lowX, highX] = [Math.min(0, ...xs), Math.max(...xs)];
  const [lowY, highY] = [Math.min(...ys), Math.max(...ys)];
  const place = (value: number, low: number, high: number, cells: number): number =>
    high > low ? Math.round(((value - low) / (high - low)) * (cells - 1)) : 0;
  const grid = Array.from({ length: height }, () => new Array<string>(width).fill(' '));
  for (const [index, { mark }] of points.entries()) {
    grid[height - 1 - place(ys[index]!, lowY, highY, height)]![place(xs[index]!, lowX, highX, width)] = mark;
  }
  return grid.map((row) => row.join('').trimEnd());
}
