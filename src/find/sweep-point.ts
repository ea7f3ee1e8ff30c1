import type { Latency } from '../runs/run-document.ts';
import type { Batching } from './batcher.ts';
import { kneeOf } from './knee.ts';
import type { ProbeDocument } from './probe.ts';
import type { SweepPoint } from './sweep-document.ts';

/** A run at one value of a sweep, as far as it says something. */
export interface SweepRun {
  readonly probe: ProbeDocument;
  /** Whether the generator was healthy. */
  readonly valid: boolean;
  /** Answered rows a second; null unknown. */
  readonly rowsPerSecond: number | null;
  /** Null: the server tells nothing of its batches. */
  readonly batching: Batching | null;
}

/** So much less throughput than the most is as much, and then the quicker answer is the better one. */
const AS_MUCH = 0.02;

/**
 * What the runs at one value come to.
 * @param price of an hour; null: not given @param refused why a run could not be made, as a sentence; null: each was
 */
export function sweepPoint(
  value: string,
  runs: readonly SweepRun[],
  price: number | null,
  refused: string | null = null,
): SweepPoint {
  const valid = runs.filter((run) => run.valid).map(({ probe }) => probe);
  const requestsPerSecond = middle(valid.map(({ rate }) => rate.got));
  const tokensPerSecond = middle(valid.map((probe) => probe.tokensPerSecond));
  const percentiles = (latencies: readonly (Latency | null)[]) => ({
    p50: middle(latencies.map((latency) => latency?.p50 ?? null)),
    p95: middle(latencies.map((latency) => latency?.p95 ?? null)),
    p99: middle(latencies.map((latency) => latency?.p99 ?? null)),
  });
  return {
    value,
    probes: runs.map(({ probe }) => probe),
    refused,
    requestsPerSecond,
    rowsPerSecond: middle(runs.filter((run) => run.valid).map((run) => run.rowsPerSecond)),
    tokensPerSecond,
    latency: percentiles(valid.map(({ latency }) => latency)),
    ttft: valid.some(({ ttft }) => ttft !== null) ? percentiles(valid.map(({ ttft }) => ttft)) : null,
    batching: middleBatching(runs.filter((run) => run.valid)),
    failed: valid.reduce((sum, { failed }) => sum + failed, 0),
    ok: mostly(valid.map(({ ok }) => ok)),
    costPer1000: costOf(1000, requestsPerSecond, price),
    costPerMillionTokens: costOf(1_000_000, tokensPerSecond, price),
  };
}

/** What a point gets done in a second, by what tells most of it: rows, else tokens, else requests. */
export function doneBy({ rowsPerSecond, tokensPerSecond, requestsPerSecond }: SweepPoint): number | null {
  return rowsPerSecond ?? tokensPerSecond ?? requestsPerSecond;
}

/**
 * The point that gets most done of those at which the objectives hold, or without any those that the server kept up with; of several that
 * get as much done, the quickest. Null: there is none.
 */
export function bestPoint(points: readonly SweepPoint[], hasObjectives: boolean): number | null {
  const fit = points.flatMap((point, index) => {
    const done = doneBy(point);
    return done !== null && done > 0 && (hasObjectives ? point.ok === true : point.ok !== false)
      ? [{ index, done, latency: point.latency.p95 ?? point.latency.p50 ?? Number.POSITIVE_INFINITY }]
      : [];
  });
  if (fit.length === 0) return null;
  const most = Math.max(...fit.map(({ done }) => done));
  const equal = fit.filter(({ done }) => done >= most * (1 - AS_MUCH));
  return equal.reduce((best, one) => (one.latency < best.latency ? one : best)).index;
}

/**
 * Of a sweep over load, the point after which more of it brings little: of users where throughput stops rising, of a rate where latency
 * begins to explode. Null for settings, which are no load.
 */
export function kneePoint(points: readonly SweepPoint[], varied: string): number | null {
  if (varied !== 'users' && varied !== 'rate') return null;
  const known = points.flatMap((point, index) => {
    const y = varied === 'users' ? point.requestsPerSecond : (point.latency.p95 ?? point.latency.p50);
    return y === null ? [] : [{ index, x: Number(point.value), y }];
  });
  known.sort((a, b) => a.x - b.x);
  const found = kneeOf(
    known.map(({ x }) => x),
    known.map(({ y }) => y),
    varied === 'users' ? 'rising' : 'exploding',
  );
  return found === null ? null : known[found]!.index;
}

function middleBatching(runs: readonly SweepRun[]): Batching | null {
  const rows = middle(runs.map(({ batching }) => batching?.rows ?? null));
  return rows === null ? null : { rows, queue: middle(runs.map(({ batching }) => batching?.queue ?? null)) };
}

function costOf(units: number, perSecond: number | null, price: number | null): number | null {
  return price === null || perSecond === null || perSecond <= 0 ? null : (price * units) / (perSecond * 3600);
}

/** The median of what is known; of an even number the lower of the two in the middle, which was measured. */
function middle(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  return known[Math.floor((known.length - 1) / 2)] ?? null;
}

function mostly(values: readonly (boolean | null)[]): boolean | null {
  const [held, broken] = [values.filter((ok) => ok === true).length, values.filter((ok) => ok === false).length];
  if (broken > held) return false;
  return held > 0 && held > values.length / 2 ? true : null;
}
