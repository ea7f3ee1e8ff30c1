import { clusteringOf, kinQuantile } from '../../load/measure/clustering.ts';
import { Floats } from '../../load/measure/floats.ts';
import { percentileInterval, plainPercentile } from '../../load/measure/percentile.ts';
import { OK, PHASES, type Phase, type RequestTable } from '../../runs/request-table.ts';
import type { PhaseSpan } from '../../runs/run-document.ts';

/** A profiler that changes a percentile by more than this share of it has changed what it watches. */
const LIMITS = [
  { name: 'p50', quantile: 0.5, most: 0.5 },
  { name: 'p99', quantile: 0.99, most: 0.1 },
] as const;
/** Of a phase, to see whether slow requests come together: longer than what one slow request holds up. */
const BLOCKS = 20;
/** By chance alone blocks seem clustered this much in 1 of 20 runs: χ²₁₉(0.95) / 19. */
const BY_CHANCE = 1.59;

/** What the profiler did to the target: its requests while it was profiled, beside those before. */
export class Disturbance {
  readonly #stretches: ReadonlyMap<number, Stretch>;

  /** @param phases of the run: where none was profiled, no request is kept */
  constructor(phases: readonly PhaseSpan[]) {
    const compared: readonly Phase[] = ['measured', 'profiled'];
    const spans = compared.map((name) => phases.find(({ phase }) => phase === name));
    this.#stretches = new Map(
      spans.every((span) => span !== undefined)
        ? spans.map((span) => [PHASES.indexOf(span.phase), new Stretch(span)])
        : [],
    );
  }

  add(table: RequestTable, row: number): void {
    if (table.outcome[row] !== OK) return;
    const intended = table.intended[row]!;
    this.#stretches.get(table.phase[row]!)?.add(intended, table.end[row]! - intended);
  }

  /**
   * Why findings cannot be trusted: the profiled median is another than the unprofiled one by more than half of it, or the profiled p99
   * lies above the unprofiled one by more than a tenth, surely (by their 95 % intervals). Null where they can, or nothing tells.
   */
  get sentence(): string | null {
    const [plain, profiled] = [...this.#stretches.values()];
    if (plain === undefined || profiled === undefined) return null;
    for (const { name, quantile, most } of LIMITS) {
      const [before, after] = [plain.interval(quantile), profiled.interval(quantile)];
      if (before === null || after === null) continue;
      const isSlower = after[0] > before[1] * (1 + most);
      const isFaster = name === 'p50' && after[1] < before[0] * (1 - most);
      if (!isSlower && !isFaster) continue;
      const [from, to] = [before, after].map(([low, high]) => `${low.toFixed(1)} to ${high.toFixed(1)} ms`);
      return (
        `Findings are withheld: while it was profiled the target was ${isSlower ? 'slower' : 'faster'} than before, its ${name} ` +
        `was ${to} against ${from} (95 %). A lower rate disturbs less.`
      );
    }
    return null;
  }
}

/** Latencies of one phase, and when each request was due. */
class Stretch {
  readonly #span: PhaseSpan;
  readonly #due = new Floats();
  readonly #latencies = new Floats();

  constructor(span: PhaseSpan) {
    this.#span = span;
  }

  add(due: number, latency: number): void {
    this.#due.push(due);
    this.#latencies.push(latency);
  }

  /** The 95 % interval of a quantile, wider where slow requests come together; null where unsupported. */
  interval(quantile: number): [number, number] | null {
    const sorted = this.#latencies.values.toSorted();
    const kinAt = plainPercentile(sorted, kinQuantile(quantile));
    return kinAt === null ? null : percentileInterval(sorted, quantile, this.#clustering(kinAt));
  }

  #clustering(from: number): number {
    const { start, end } = this.#span;
    const blocks = Array.from({ length: BLOCKS }, () => ({ count: 0, hits: 0 }));
    for (const [at, due] of this.#due.values.entries()) {
      const block = blocks[Math.min(BLOCKS - 1, Math.max(0, Math.floor(((due - start) / (end - start)) * BLOCKS)))]!;
      block.count++;
      if (this.#latencies.at(at) >= from) block.hits++;
    }
    const clustering = clusteringOf(blocks);
    return clustering > BY_CHANCE ? clustering : 1;
  }
}
