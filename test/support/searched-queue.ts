import { growthOf, pilesUp } from '../../src/find/growth.ts';
import { LevelSearch, type SearchTerms } from '../../src/find/level-search.ts';
import { probeLength } from '../../src/find/probe-length.ts';
import type { Reading } from '../../src/find/reading.ts';
import { type Block, clusteringOf, kinQuantile } from '../../src/load/measure/clustering.ts';
import { plainPercentile, supportFor } from '../../src/load/measure/percentile.ts';

/** Answers before this are not counted. */
export const WARMUP_MS = 500;
const BLOCKS = 10;
/** Seconds a real probe takes besides its measured time. */
const OVERHEAD_S = 2;

/** What a simulated server answers to a rate: when requests were due and when answered, ms, for so long. NaN: never. */
export type Answers = (rate: number, ms: number, seed: number) => { intended: Float64Array; end: Float64Array };

export interface Searched {
  readonly search: LevelSearch;
  readonly readings: readonly Reading[];
  /** Seconds. */
  readonly took: number;
}

/** Searches a simulated server's highest rate as `find-rate` does a real one's, against a percentile of its latency. */
export function searchSimulated(
  answers: Answers,
  terms: SearchTerms,
  objective: { readonly quantile: number; readonly limit: number },
  seconds: number,
  seed: number,
  isValid: (rate: number) => boolean = () => true,
): Searched {
  const search = new LevelSearch(terms);
  const readings: Reading[] = [];
  const support = supportFor(objective.quantile);
  let left = seconds;
  let narrowing = 0;
  for (let next = search.next(); next !== null; next = search.next()) {
    const { level, purpose } = next;
    const length = probeLength(purpose, { left, overhead: OVERHEAD_S, narrowing, support, rate: level });
    if (length === null) break;
    if (purpose === 'edge') narrowing++;
    left -= length + OVERHEAD_S;
    const requests = answers(level, WARMUP_MS + length * 1000, seed * 1000 + readings.length);
    const reading = readSimulated(requests, level, length * 1000, objective, isValid(level));
    readings.push(reading);
    search.add(reading);
  }
  return { search, readings, took: seconds - left };
}

function readSimulated(
  requests: { readonly intended: Float64Array; readonly end: Float64Array },
  level: number,
  ms: number,
  { quantile, limit }: { readonly quantile: number; readonly limit: number },
  valid: boolean,
): Reading {
  const { intended, end } = requests;
  const rows = [...intended.keys()].filter((row) => intended[row]! >= WARMUP_MS);
  const latency = (row: number): number =>
    Number.isNaN(end[row]!) ? Number.POSITIVE_INFINITY : end[row]! - intended[row]!;
  const sorted = Float64Array.from(rows, latency).sort();
  const high = Math.max(0.5 * limit, plainPercentile(sorted, kinQuantile(quantile)) ?? 0);
  const blocks = Array.from({ length: BLOCKS }, () => ({ count: 0, hits: 0 }));
  let missed = 0;
  for (const row of rows) {
    const ended = Number.isNaN(end[row]!) ? intended[row]! : end[row]!;
    const block = blocks[Math.min(BLOCKS - 1, Math.floor(((ended - WARMUP_MS) / ms) * BLOCKS))]!;
    block.count++;
    if (latency(row) >= high) block.hits++;
    if (latency(row) >= limit) missed++;
  }
  const growth = growthOf(requests, WARMUP_MS, WARMUP_MS + ms);
  const clustering = clusteringOf(blocks satisfies Block[]);
  return {
    level,
    valid,
    limited: !valid,
    overwhelmed: false,
    pilesUp: growth === null ? null : pilesUp(growth, level, ms / 1000),
    objectives: [
      { misses: { count: rows.length, missed, allowed: 1 - quantile, clustering }, support: supportFor(quantile) },
    ],
  };
}
