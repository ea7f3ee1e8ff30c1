import { OUTCOMES, type Outcome, PHASES, type Phase, type RequestTable } from '../runs/request-table.ts';
import type { Health, Latency, LoadCounts } from '../runs/run-document.ts';
import { percentile, plainPercentile } from './percentile.ts';
import type { Load } from './plan.ts';

/** What one phase of a run came to. Times in ms. */
export interface PhaseSummary {
  readonly load: LoadCounts;
  readonly latency: Latency;
  /** Of answered requests, ascending. */
  readonly latencies: Float64Array;
  readonly outcomes: ReadonlyMap<Outcome, number>;
  readonly health: Health;
  /** The fast decile of acquired → end: what the server takes when nothing is in the way. Null where nothing was answered. */
  readonly unloaded: number | null;
}

/**
 * @param span the phase's start and planned end on the run's clock
 * @param planned what the load model asked for; null in a closed loop
 */
export function summarize(
  table: RequestTable,
  phase: Phase,
  span: { start: number; end: number },
  load: Load,
  planned: number | null,
  cpu: number | null,
): PhaseSummary {
  const code = PHASES.indexOf(phase);
  const counts = new Array<number>(OUTCOMES.length).fill(0);
  const latency: number[] = [];
  const lateness: number[] = [];
  const poolWait: number[] = [];
  const service: number[] = [];
  let answeredWithin = 0;
  for (let i = 0; i < table.length; i++) {
    const outcome = table.outcome[i]!;
    const end = table.end[i]!;
    // What the server got through in this time, whenever it was asked for: in a backlog the two differ.
    if (OUTCOMES[outcome] === 'ok' && end >= span.start && end < span.end) answeredWithin++;
    if (table.phase[i] !== code) continue;
    counts[outcome]!++;
    lateness.push(table.dispatched[i]! - table.intended[i]!);
    if (!Number.isNaN(table.acquired[i]!)) poolWait.push(table.acquired[i]! - table.dispatched[i]!);
    if (OUTCOMES[outcome] !== 'ok') continue;
    latency.push(end - table.intended[i]!);
    service.push(end - table.acquired[i]!);
  }
  const of = (outcome: Outcome): number => counts[OUTCOMES.indexOf(outcome)]!;
  const total = counts.reduce((sum, count) => sum + count, 0);
  const completed = of('ok');
  const failed = total - completed - of('dropped') - of('interrupted');
  const seconds = (span.end - span.start) / 1000;
  const latencies = ascending(latency);
  const late = ascending(lateness);
  const waited = ascending(poolWait);
  return {
    load: {
      planned,
      dispatched: total - of('dropped'),
      completed,
      failed,
      dropped: of('dropped'),
      interrupted: of('interrupted'),
      rate: { asked: load.model === 'open' ? load.rate : null, got: seconds > 0 ? answeredWithin / seconds : 0 },
    },
    latency: latencyOf(latencies),
    latencies,
    outcomes: new Map(OUTCOMES.map((outcome, index) => [outcome, counts[index]!])),
    health: {
      lateness: { p50: plainPercentile(late, 0.5), p99: plainPercentile(late, 0.99) },
      poolWait: { p50: plainPercentile(waited, 0.5), p99: plainPercentile(waited, 0.99) },
      cpu,
    },
    unloaded: plainPercentile(ascending(service), 0.1),
  };
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

function ascending(values: number[]): Float64Array {
  return Float64Array.from(values).sort();
}
