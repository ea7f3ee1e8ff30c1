import type { AbortWatch } from '../load/measure/abort-watch.ts';
import { MeasuredRows } from '../load/measure/measured-rows.ts';
import type { ResolvedPlan } from '../load/plan/plan.ts';
import { chunksFromRows } from '../runs/chunk-table.ts';
import { detailedTable, phaseAt } from '../runs/request-table.ts';

const LOOK_EVERY_MS = 1000;
/** Looking may take at most this part of the time. */
const LOOKING = 0.1;
/** Rows arrive this long after what they tell of, at the latest. */
const BEHIND_MS = 250;

/** Looks at the objectives that end a run while it runs; costs nothing where the plan has none. */
export class LiveObjectives {
  readonly #rows: MeasuredRows[] = [];
  readonly #wanted: boolean;
  readonly #plan: ResolvedPlan;
  #watch: AbortWatch | null = null;
  #start = 0;
  #nextLook = 0;
  #aborted = false;

  constructor(plan: ResolvedPlan) {
    this.#plan = plan;
    this.#wanted = plan.objectives.some(({ abort }) => abort);
  }

  /** The measured phase begins. @param start ms of run time */
  begin(watch: AbortWatch, start: number): void {
    if (!this.#wanted) return;
    this.#watch = watch;
    this.#start = start;
    this.#rows.push(new MeasuredRows(this.#plan, start));
  }

  /** Rows as a generator sends them. @param details of as many requests; null where the plan keeps none */
  add(packed: Float64Array, details: Float64Array | null): void {
    const [rows] = this.#rows;
    if (rows === undefined) return;
    const table = detailedTable(packed, details);
    for (let row = 0; row < table.length; row++) if (phaseAt(table, row) === 'measured') rows.add(table, row);
  }

  /** Chunks as a generator sends them. */
  addChunks(packed: Float64Array): void {
    const [rows] = this.#rows;
    if (rows === undefined) return;
    const chunks = chunksFromRows(packed);
    for (let row = 0; row < chunks.length; row++) rows.addChunk(chunks, row);
  }

  /** The sentence of an objective that is broken for certain, once. @param now run time, ms */
  look(now: number): string | null {
    const [rows] = this.#rows;
    if (this.#watch === null || rows === undefined || this.#aborted || now < this.#nextLook) return null;
    const before = performance.now();
    const span = { start: this.#start, end: this.#start + this.#plan.duration };
    const sentence = this.#watch.look(now - BEHIND_MS, (from, to) => rows.dataOf(from, to, span));
    const took = performance.now() - before;
    this.#nextLook = now + Math.max(LOOK_EVERY_MS, took / LOOKING);
    this.#aborted = sentence !== null;
    return sentence;
  }
}
