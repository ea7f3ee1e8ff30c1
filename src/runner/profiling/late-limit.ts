import { MIN_OVER_OBJECTIVE } from '../../correlate/tail.ts';
import { newHistogram } from '../../load/measure/time-histogram.ts';
import { isAnswered, MEASURED, REQUEST_OFFSET, REQUEST_WIDTH } from '../../runs/request-table.ts';

/** Fewer answers say nothing of what is late. */
const FEWEST = 20;
/** To look takes longer than this, so nothing shorter could be looked at. */
const SHORTEST_MS = 5;

/**
 * From when on a request of the profiled phase is late, by what the measured phase took: the plan's objective where enough requests were
 * over it to be the tail, else halfway, on a logarithmic scale, between the median and p99. The tail's own threshold would be too late to
 * look: where all slow requests take 60 ms, it lies at 60 ms, when they end.
 */
export class LateLimit {
  readonly #histogram = newHistogram();
  readonly #objective: number | null;
  #over = 0;

  /** @param objective the plan's lowest limit on latency, ms; null: it has none */
  constructor(objective: number | null) {
    this.#objective = objective;
  }

  /** @param rows of requests, packed */
  add(rows: Float64Array): void {
    for (let at = 0; at + REQUEST_WIDTH <= rows.length; at += REQUEST_WIDTH) {
      if (rows[at + REQUEST_OFFSET.phase] !== MEASURED || !isAnswered(rows[at + REQUEST_OFFSET.outcome]!)) continue;
      const latency = rows[at + REQUEST_OFFSET.end]! - rows[at + REQUEST_OFFSET.intended]!;
      if (!(latency >= 0)) continue;
      this.#histogram.recordValue(Math.max(1, Math.round(latency * 1000)));
      if (this.#objective !== null && latency > this.#objective) this.#over++;
    }
  }

  /** Ms from the intended start; null where too little was measured to tell. */
  get ms(): number | null {
    if (this.#histogram.totalCount < FEWEST) return null;
    if (this.#objective !== null && this.#over >= MIN_OVER_OBJECTIVE) return Math.max(SHORTEST_MS, this.#objective);
    const at = (q: number): number => this.#histogram.getValueAtPercentile(q) / 1000;
    return Math.max(SHORTEST_MS, Math.sqrt(at(50) * at(99)));
  }
}
