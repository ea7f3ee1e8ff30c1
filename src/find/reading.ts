import type { Misses } from './misses.ts';

/** What a probe says of one objective. */
export type Seen =
  /** A share of requests may miss its limit; `support` of them have to be there before a percentile is one. */
  | { readonly misses: Misses; readonly support: number }
  /** What the run itself says, of an objective that is no percentile. */
  | { readonly ok: boolean | null };

/** What a probe at one level says to the search. */
export interface Reading {
  /** Iterations a second, or users. */
  readonly level: number;
  /** Whether the generator was healthy: what it says otherwise counts for neither side. */
  readonly valid: boolean;
  /** Whether it was not because it was at its own end, rather than without a core for a while. */
  readonly limited: boolean;
  /** Stopped early, because far more piled up than the objectives allow. */
  readonly overwhelmed: boolean;
  /** Whether requests under way grew without end; null where that cannot be told. */
  readonly pilesUp: boolean | null;
  /** One for each objective. */
  readonly objectives: readonly Seen[];
}
