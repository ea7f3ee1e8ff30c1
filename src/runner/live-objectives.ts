import { AbortWatch } from '../load/measure/abort-watch.ts';
import { MeasuredRows } from '../load/measure/measured-rows.ts';
import { ObjectivesSoFar } from '../load/measure/objectives-so-far.ts';
import type { DataOf } from '../load/measure/sliding-window.ts';
import type { ResolvedPlan } from '../load/plan/plan.ts';
import { chunksFromRows } from '../runs/chunk-table.ts';
import { detailedTable, MEASURED, phaseAt } from '../runs/request-table.ts';
import type { ObjectiveResult } from '../runs/run-document.ts';

const LOOK_EVERY_MS = 1000;
/** Looking for a reason to end the run may take at most this part of the time. */
const LOOKING = 0.1;
/** Looking for those who watch it may take less. */
const SHOWING = 0.02;
/** Rows arrive this long after what they tell of, at the latest. */
const BEHIND_MS = 250;

/** Looks at a run's objectives while it runs: for those that end it, and for those who watch. Costs nothing where neither is. */
export class LiveObjectives {
  readonly #plan: ResolvedPlan;
  readonly #wanted: boolean;
  readonly #soFar: ObjectivesSoFar;
  /** Of another generator, which is in the measured phase a moment before the first says when it began. */
  #early: (() => void)[] = [];
  #rows: MeasuredRows | null = null;
  #watch: AbortWatch | null = null;
  #start = 0;
  #nextLook = 0;
  #aborted = false;
  #told: readonly ObjectiveResult[];
  #nextTelling = 0;

  /** @param shown whether they are to be told while it runs */
  constructor(plan: ResolvedPlan, shown: boolean) {
    this.#plan = plan;
    this.#wanted = plan.objectives.some(({ abort }) => abort || shown);
    this.#soFar = new ObjectivesSoFar(plan.objectives);
    this.#told = this.#soFar.unknown;
  }

  /** The measured phase begins. @param start ms of run time */
  begin(start: number): void {
    if (!this.#wanted) return;
    this.#watch = new AbortWatch(this.#plan.objectives, start);
    this.#start = start;
    this.#rows = new MeasuredRows(this.#plan, start);
    const early = this.#early;
    this.#early = [];
    for (const add of early) add();
  }

  /** Rows as a generator sends them. @param details of as many requests; null where the plan keeps none */
  add(packed: Float64Array, details: Float64Array | null): void {
    if (!this.#wanted) return;
    const table = detailedTable(packed, details);
    for (let row = 0; row < table.length; row++) {
      const isMeasured = phaseAt(table, row) === 'measured';
      if (this.#rows !== null) {
        if (isMeasured) this.#rows.add(table, row);
        else this.#rows.addOther(table, row);
      } else if (isMeasured) {
        this.#early.push(() => this.add(packed, details));
        return;
      }
    }
  }

  /** Chunks as a generator sends them. */
  addChunks(packed: Float64Array): void {
    if (!this.#wanted) return;
    const chunks = chunksFromRows(packed);
    if (this.#rows === null) {
      if (chunks.phase.includes(MEASURED)) this.#early.push(() => this.addChunks(packed));
      return;
    }
    for (let row = 0; row < chunks.length; row++) this.#rows.addChunk(chunks, row);
  }

  /** The sentence of an objective that is broken for certain, once. @param now run time, ms */
  look(now: number): string | null {
    const rows = this.#rows;
    if (this.#watch === null || rows === null || this.#aborted || now < this.#nextLook) return null;
    const before = performance.now();
    const span = { start: this.#start, end: this.#start + this.#plan.duration };
    const sentence = this.#watch.look(now - BEHIND_MS, (from, to) => rows.dataOf(from, to, span));
    const took = performance.now() - before;
    this.#nextLook = now + Math.max(LOOK_EVERY_MS, took / LOOKING);
    this.#aborted = sentence !== null;
    return sentence;
  }

  /**
   * What they come to so far, of a moment ago where looking takes long. Once all rows have come, those that are not for windows are as
   * they will stand in the run's document. @param end of the measured phase so far, run time, ms @param over whether all rows have come
   */
  soFar(end: number, over: boolean): readonly ObjectiveResult[] {
    const rows = this.#rows;
    const before = performance.now();
    if (rows === null || (before < this.#nextTelling && !over)) return this.#told;
    const span = { start: this.#start, end: Math.max(this.#start, over ? end : end - BEHIND_MS) };
    const later = { start: this.#start, end: Number.POSITIVE_INFINITY };
    // What ended after a window that is not the last is not of it.
    const dataOf: DataOf = (from, to) => rows.dataOf(from, to, over || from === span.start ? span : later);
    this.#told = this.#soFar.look(span, dataOf, over);
    const after = performance.now();
    this.#nextTelling = after + (after - before) / SHOWING;
    return this.#told;
  }
}
