import {
  type Fate,
  fateOf,
  isAnswered,
  OK,
  OUTCOMES,
  type Outcome,
  type RequestTable,
} from '../../runs/request-table.ts';
import type { Latency, LoadCounts } from '../../runs/run-document.ts';
import { Floats } from './floats.ts';
import { percentile } from './percentile.ts';
import { TimeHistogram } from './time-histogram.ts';
import { RequestWaits } from './waits.ts';

/** Counts and times of some of a run's requests: a phase's, a step's, a stage's. */
export class Tally {
  readonly #counts = new Array<number>(OUTCOMES.length).fill(0);
  readonly #latencies = new Floats();
  /** Of all requests, answered or not. */
  readonly waits = new RequestWaits();
  readonly #service = new TimeHistogram();

  add(table: RequestTable, row: number): void {
    const outcome = table.outcome[row]!;
    const acquired = table.acquired[row]!;
    this.#counts[outcome]!++;
    this.waits.add(table.intended[row]!, table.dispatched[row]!, acquired);
    if (!isAnswered(outcome)) return;
    const end = table.end[row]!;
    this.#service.add(end - acquired);
    // A stream that was cut off has no latency, but held its connection.
    if (outcome === OK) this.#latencies.push(end - table.intended[row]!);
  }

  count(outcome: Outcome): number {
    return this.#counts[OUTCOMES.indexOf(outcome)]!;
  }

  /** By outcome, those that occurred. */
  get outcomes(): ReadonlyMap<Outcome, number> {
    return new Map(
      OUTCOMES.flatMap((outcome, index) => (this.#counts[index]! > 0 ? [[outcome, this.#counts[index]!]] : [])),
    );
  }

  get total(): number {
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  /** @param planned null in a closed loop @param rate requests a second */
  load(planned: number | null, rate: LoadCounts['rate']): LoadCounts {
    const { total } = this;
    const counts: Record<Fate, number> = { answered: 0, failed: 0, dropped: 0, interrupted: 0 };
    for (const [outcome, count] of this.#counts.entries()) counts[fateOf(outcome)] += count;
    const { answered: completed, failed, dropped, interrupted } = counts;
    return { planned, dispatched: total - dropped, completed, failed, dropped, interrupted, rate };
  }

  /** Of requests that were answered in full. */
  latency(): Latency {
    return latencyOf(this.#latencies.values.slice().sort());
  }

  /** The fast decile of acquired → end, ms; null where nothing was answered. */
  get fastService(): number | null {
    return this.#service.at(0.1);
  }
}

/** @param sorted ascending, ms */
export function latencyOf(sorted: Float64Array): Latency {
  const count = sorted.length;
  return {
    count,
    min: count > 0 ? sorted[0]! : null,
    mean: count > 0 ? sorted.reduce((sum, value) => sum + value, 0) / count : null,
    p50: percentile(sorted, 0.5),
    p90: percentile(sorted, 0.9),
    p95: percentile(sorted, 0.95),
    p99: percentile(sorted, 0.99),
    p999: percentile(sorted, 0.999),
    max: count > 0 ? sorted[count - 1]! : null,
  };
}
