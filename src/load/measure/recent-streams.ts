import { chunksFromRows } from '../../runs/chunk-table.ts';
import { detailedTable, isAnswered, OK, PHASES, type Phase, phaseAt } from '../../runs/request-table.ts';
import type { ResolvedPlan } from '../plan/plan.ts';
import { allSteps } from '../plan/plan-steps.ts';
import { FineLatencies } from './fine-latencies.ts';
import { PartialSum } from './partial-sum.ts';
import { ttftAt } from './stream-marks.ts';

const WINDOW_S = 10;

type Percentiles = Readonly<Record<'p50' | 'p90' | 'p95' | 'p99', number | null>>;

/** Of the streams that ended in the last 10 s, or in the phase so far. Ms; a percentile is within 0.97 %, and null without support. */
export interface RecentStreamFigures {
  readonly ttft: Percentiles;
  readonly gap: Percentiles;
  /** Output tokens a second; null where an answer does not tell its own, or none has ended. */
  readonly tokensPerSecond: number | null;
}

interface Second {
  readonly second: number;
  readonly ttft: FineLatencies;
  readonly gap: FineLatencies;
  readonly tokens: PartialSum;
}

/** Follows the streams of a run for those who look at its last seconds. */
export class RecentStreams {
  readonly #isStream: readonly boolean[];
  readonly #seconds = new Map<string, Second>();

  constructor(plan: ResolvedPlan) {
    this.#isStream = allSteps(plan).map(({ step }) => step.stream !== null);
  }

  /** Rows as a generator sends them, with as many details. */
  add(rows: Float64Array, details: Float64Array): void {
    const table = detailedTable(rows, details);
    for (let row = 0; row < table.length; row++) {
      const outcome = table.outcome[row]!;
      if (!isAnswered(outcome) || this.#isStream[table.step[row]!] !== true) continue;
      const second = this.#second(phaseAt(table, row), table.end[row]!);
      const ttft = ttftAt(table, row);
      if (!Number.isNaN(ttft)) second.ttft.add(ttft);
      if (outcome === OK) second.tokens.add(table.details!.outputTokens[row]!);
    }
  }

  /** Chunks as a generator sends them, of streams that have ended. */
  addChunks(packed: Float64Array): void {
    const chunks = chunksFromRows(packed);
    for (let row = 0; row < chunks.length; row++) {
      const gap = chunks.gap[row]!;
      if (!isAnswered(chunks.outcome[row]!) || Number.isNaN(gap)) continue;
      this.#second(PHASES[chunks.phase[row]!] ?? 'measured', chunks.at[row]!).gap.add(gap);
    }
  }

  /** @param now run time, ms @param start of the phase */
  figures(phase: Phase, start: number, now: number): RecentStreamFigures {
    const [ttft, gap, tokens] = [new FineLatencies(), new FineLatencies(), new PartialSum()];
    const last = Math.floor(now / 1000);
    const first = Math.max(last - WINDOW_S, Math.floor(start / 1000));
    for (const [key, { second }] of this.#seconds) if (second < first) this.#seconds.delete(key);
    for (let second = first; second <= last; second++) {
      const kept = this.#seconds.get(`${phase}:${second}`);
      if (kept === undefined) continue;
      ttft.addAll(kept.ttft);
      gap.addAll(kept.gap);
      tokens.addAll(kept.tokens);
    }
    const span = Math.max(0.001, (now - Math.max(first * 1000, start)) / 1000);
    return {
      ttft: percentilesOf(ttft),
      gap: percentilesOf(gap),
      tokensPerSecond: tokens.sum === null ? null : tokens.sum / span,
    };
  }

  #second(phase: Phase, time: number): Second {
    const key = `${phase}:${Math.floor(time / 1000)}`;
    const known = this.#seconds.get(key);
    if (known !== undefined) return known;
    const made = {
      second: Math.floor(time / 1000),
      ttft: new FineLatencies(),
      gap: new FineLatencies(),
      tokens: new PartialSum(),
    };
    this.#seconds.set(key, made);
    return made;
  }
}

function percentilesOf(times: FineLatencies): Percentiles {
  return { p50: times.at(0.5), p90: times.at(0.9), p95: times.at(0.95), p99: times.at(0.99) };
}
