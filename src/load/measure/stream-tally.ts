import type { ChunkTable } from '../../runs/chunk-table.ts';
import { INTERRUPTED, isAnswered, MEASURED, OK, type RequestTable } from '../../runs/request-table.ts';
import type { StreamingFigures } from '../../runs/run-document.ts';
import type { Plan } from '../plan/plan.ts';
import { allSteps } from '../plan/plan-steps.ts';
import { GoodRequests } from './good-requests.ts';
import { ManyTimes } from './many-times.ts';
import { PartialSum } from './partial-sum.ts';
import { firstVisibleAt, tpotAt, ttftAt } from './stream-marks.ts';

/** Times and tokens of the streams of the measured phase, and its goodput. Definitions: docs/metrics.md. */
export class StreamTally {
  readonly #plan: Plan;
  readonly #good: GoodRequests;
  /** By step. */
  readonly #isStream: readonly boolean[];
  readonly #ttft: ManyTimes;
  readonly #firstVisible: ManyTimes;
  readonly #gap: ManyTimes;
  readonly #tpot: ManyTimes;
  readonly #output = new PartialSum();
  readonly #input = new PartialSum();
  readonly #cached = new PartialSum();
  readonly #goodOnes = new PartialSum();
  /** Of answers that came within the phase, to requests of any. */
  readonly #outputWithin = new PartialSum();
  readonly #goodWithin = new PartialSum();
  #due = 0;
  #cancelled = 0;

  /** @param start of the phase, ms of run time @param exact of so many times of each kind percentiles are exact */
  constructor(plan: Plan, start: number, exact?: number) {
    this.#plan = plan;
    this.#good = new GoodRequests(plan, start);
    this.#isStream = allSteps(plan).map(({ step }) => step.stream !== null);
    this.#ttft = new ManyTimes(exact);
    this.#firstVisible = new ManyTimes(exact);
    this.#gap = new ManyTimes(exact);
    this.#tpot = new ManyTimes(exact);
  }

  /** A request of the phase. */
  add(table: RequestTable, row: number): void {
    const outcome = table.outcome[row]!;
    // What the end of the run cut off is neither good nor not.
    if (outcome === INTERRUPTED) return;
    this.#due++;
    this.#goodOnes.add(this.#good.at(table, row));
    if (!isAnswered(outcome) || this.#isStream[table.step[row]!] !== true) return;
    this.#ttft.add(ttftAt(table, row));
    this.#firstVisible.add(firstVisibleAt(table, row));
    if (outcome !== OK) {
      this.#cancelled++;
      return;
    }
    this.#tpot.add(tpotAt(table, row));
    const { details } = table;
    this.#output.add(details?.outputTokens[row] ?? Number.NaN);
    this.#input.add(details?.inputTokens[row] ?? Number.NaN);
    this.#cached.add(details?.cachedTokens[row] ?? Number.NaN);
  }

  /** An answer that came within the phase, to a request of any. */
  answeredWithin(table: RequestTable, row: number): void {
    this.#goodWithin.add(this.#good.at(table, row));
    if (table.outcome[row] !== OK || this.#isStream[table.step[row]!] !== true) return;
    this.#outputWithin.add(table.details?.outputTokens[row] ?? Number.NaN);
  }

  /** A chunk of any phase. */
  addChunk(chunks: ChunkTable, row: number): void {
    if (chunks.phase[row] === MEASURED && isAnswered(chunks.outcome[row]!)) this.#gap.add(chunks.gap[row]!);
  }

  /** Ms by quantile; null where it has no support. */
  gapQuantiles(): (q: number) => number | null {
    return this.#gap.quantiles();
  }

  /** @param seconds of the phase so far */
  figures(seconds: number): StreamingFigures {
    const outputTokens = this.#output.sum;
    const within = this.#outputWithin.sum;
    const good = this.#goodOnes.sum;
    const goodWithin = this.#goodWithin.sumOrZero;
    const judged = this.#good.known && seconds > 0;
    return {
      ttft: this.#ttft.latency(),
      firstVisible: this.#firstVisible.latency(),
      gap: this.#gap.latency(),
      tpot: this.#tpot.latency(),
      outputTokens,
      inputTokens: this.#input.sum,
      cachedTokens: this.#cached.sum,
      tokensPerSecond: within === null || seconds <= 0 ? null : within / seconds,
      goodput: judged && goodWithin !== null ? goodWithin / seconds : null,
      goodputShare: judged && good !== null ? good / this.#due : null,
      tokensFrom: outputTokens === null ? null : tokensFrom(this.#plan),
      cancelled: this.#cancelled,
    };
  }
}

/** Rows do not tell where each count came from, only the plan where it may. */
function tokensFrom(plan: Plan): 'server' | 'both' {
  return allSteps(plan).some(({ step }) => step.stream !== null && step.stream.tokenizer !== null) ? 'both' : 'server';
}
