import { binomialInterval } from './percentile.ts';
import type { Share } from './share.ts';

const CLOSE = 1e-9;

/**
 * Between which shares `count` of `of` leaves the true one (Clopper and Pearson, Biometrika 26, 1934): those of which the count is no
 * surprise. Of requests that are not independent (`clustering` above 1, as `clusteringOf` tells it) as few count as would say as much if
 * they were.
 */
export function shareInterval({ count, of }: Share, clustering = 1, confidence = 0.95): [low: number, high: number] {
  const n = Math.floor(of / clustering);
  if (n === 0) return [0, 1];
  const hits = Math.min(n, count / clustering);
  const share = hits / n;
  const low = hits === 0 ? 0 : boundary(0, share, (p) => binomialInterval(n, p, confidence)[1] >= hits);
  const high = hits >= n ? 1 : boundary(1, share, (p) => binomialInterval(n, p, confidence)[0] <= hits);
  return [low, high];
}

/** Where, on the way from a share that is surely not the true one to one that may be, it may begin to be. */
function boundary(outside: number, inside: number, mayBe: (share: number) => boolean): number {
  let [far, near] = [outside, inside];
  while (Math.abs(near - far) > CLOSE) {
    const middle = (far + near) / 2;
    if (mayBe(middle)) near = middle;
    else far = middle;
  }
  return near;
}
