import { type ChunkTable, chunksFromRows } from '../../runs/chunk-table.ts';
import { isAnswered, MEASURED, type RequestTable } from '../../runs/request-table.ts';
import type { StreamingFigures } from '../../runs/run-document.ts';
import type { ResolvedPlan } from '../plan/plan.ts';
import { allSteps } from '../plan/plan-steps.ts';
import { distributionOf, type QuantilePoint } from './distribution.ts';
import type { Span } from './sliding-window.ts';
import { StreamOverTime, type StreamTimeBucket } from './stream-over-time.ts';
import { StreamTally } from './stream-tally.ts';

/** What is told of the streams that have ended so far; percentiles are within 0.97 %. */
export interface LiveStreamUpdate {
  readonly figures: StreamingFigures;
  readonly gaps: readonly QuantilePoint[];
  /** Those that changed, of the width of the update's other buckets; all of them where that is another. */
  readonly overTime: readonly (readonly [index: number, bucket: StreamTimeBucket])[];
  readonly tokensKnown: boolean;
}

/** Follows the streams of a run for those who look at it in detail while it goes on. */
export class LiveStreams {
  readonly #plan: ResolvedPlan;
  readonly #overTime: StreamOverTime;
  /** By step. */
  readonly #isStream: readonly boolean[];
  /** By generator: chunks whose requests are still to come, which say how many tokens are in them. */
  readonly #waiting = new Map<number, ChunkTable>();
  #measured: { readonly span: Span; readonly tally: StreamTally } | null = null;

  /** @param start run time, ms @param width of the first buckets, ms */
  constructor(plan: ResolvedPlan, start: number, width: number) {
    this.#plan = plan;
    this.#overTime = new StreamOverTime(start, width);
    this.#isStream = allSteps(plan).map(({ step }) => step.stream !== null);
  }

  /** The measured phase begins. */
  begin(start: number): void {
    const span = { start, end: start + this.#plan.duration };
    this.#measured = { span, tally: new StreamTally(this.#plan, start, 0) };
  }

  /** Chunks as a generator sends them, ahead of the requests they belong to. */
  addChunks(packed: Float64Array, generator: number): void {
    this.#waiting.set(generator, chunksFromRows(packed));
  }

  /** Requests that have ended, with their details. */
  add(table: RequestTable, generator: number): void {
    for (let row = 0; row < table.length; row++) {
      if (this.#isStream[table.step[row]!] === true) this.#overTime.add(table, row);
      if (this.#measured === null) continue;
      const { span, tally } = this.#measured;
      if (table.phase[row] === MEASURED) tally.add(table, row);
      const end = table.end[row]!;
      if (isAnswered(table.outcome[row]!) && end >= span.start && end < span.end) tally.answeredWithin(table, row);
    }
    const chunks = this.#waiting.get(generator);
    this.#waiting.delete(generator);
    for (let row = 0; row < (chunks?.length ?? 0); row++) {
      this.#overTime.addChunk(chunks!, row);
      this.#measured?.tally.addChunk(chunks!, row);
    }
    this.#overTime.forget();
  }

  /** Null before the measured phase. @param now run time, ms @param width of the update's other buckets, ms */
  takeUpdate(now: number, width: number): LiveStreamUpdate | null {
    if (this.#measured === null) return null;
    const { span, tally } = this.#measured;
    return {
      figures: tally.figures((Math.min(now, span.end) - span.start) / 1000),
      gaps: distributionOf(tally.gapQuantiles()),
      overTime: this.#overTime.takeChanges(width),
      tokensKnown: this.#overTime.tokensKnown,
    };
  }
}
