import type { ProbeDocument } from './probe.ts';

/** `sweep --json`. Rates in requests a second, times in ms. */
export interface SweepDocument {
  schema: 'tailflame.sweep/1';
  /** What was varied: `users`, `rate`, or the name given to `--set`. */
  varied: string;
  /** In the mean over the scenarios by their weight; where it is not 1 a rate is one of iterations. */
  requestsPerIteration: number;
  objectives: string[];
  /** In the order in which their values were given, whatever the order they were measured in. */
  points: SweepPoint[];
  /** Index of the point after which more load gives little more throughput for much more latency; null where there is none. */
  knee: number | null;
  /** Index of the best point under the objectives; null where none holds. */
  best: number | null;
  sentence: string;
  /** What saturated first; null where it cannot be told. */
  saturated: string | null;
  /** What the server's batches cost in delay, from the smallest to the largest; null where it does not tell of them. */
  batching: string | null;
  /** As it was given, for the cost; null: not given. */
  pricePerHour: number | null;
  startedAt: string;
  took: number;
  /** Whether it was stopped before every value had all its runs. */
  interrupted: boolean;
}

export interface SweepPoint {
  /** The value that was set, as it was written. */
  value: string;
  /** The measured runs at this value, in the order they were made. */
  probes: ProbeDocument[];
  /** Why a run at this value could not be made, such as a preflight that failed, as a sentence; null: each was. */
  refused: string | null;
  /** Over its valid runs: the middle one's. Rows a second count what batches hold. */
  requestsPerSecond: number | null;
  rowsPerSecond: number | null;
  tokensPerSecond: number | null;
  latency: { p50: number | null; p95: number | null; p99: number | null };
  ttft: { p50: number | null; p95: number | null; p99: number | null } | null;
  /** Rows a batch and ms of wait for it, in the mean, as the server told it; null where it does not. */
  batching: { rows: number; queue: number | null } | null;
  failed: number;
  /** Whether all objectives hold; null where that cannot be told, or none is set. */
  ok: boolean | null;
  /** In the currency of the price; null without one. */
  costPer1000: number | null;
  /** Of output tokens of streams, in the same. */
  costPerMillionTokens: number | null;
}
