/** How often requests missed a limit that a share of them may miss, such as one in a hundred for a p99. */
export interface Misses {
  readonly count: number;
  readonly missed: number;
  /** The share that may, above 0 and below 1. */
  readonly allowed: number;
  /** So many requests say no more than one independent one would: 1 or more. Near saturation slow requests come in bursts. */
  readonly clustering: number;
}

/** Requests that would say as much if each were independent. */
export function effectiveCount({ count, clustering }: Misses): number {
  return count / clustering;
}

export function missedShare({ count, missed }: Misses): number {
  return count > 0 ? missed / count : 0;
}
