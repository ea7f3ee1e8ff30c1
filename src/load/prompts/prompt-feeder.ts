import path from 'node:path';
import { mixSeed, seededRandom } from '../arrivals/random.ts';
import type { PromptFile } from '../plan/plan.ts';
import { Feeder, type FeedRows, type Row, type RowSource } from '../scenario/feeder.ts';
import { drawLength } from './length.ts';

/** Of a file that is used again and again, the part that is kept for what comes before anything is measured. */
const HELD_BACK = 0.1;

/** Lengths are drawn from another stream than rows are. */
const LENGTHS = 1;

/** Gives each iteration its prompt of a file. */
export class PromptFeeder implements RowSource {
  readonly #feeder: Feeder;
  readonly #output: PromptFile['output'];
  readonly #seed: number;

  /**
   * @param seed of the plan
   * @param rehearsal for what comes before anything is measured, whose prompts are not met again: the last tenth of them. A file that is
   * used only once has none held back.
   */
  constructor({ file, rows }: FeedRows, prompts: PromptFile, seed: number, rehearsal: boolean) {
    const once = prompts.end === 'stop' && prompts.order !== 'random';
    const held = once || rows.length < 2 ? 0 : Math.ceil(rows.length * HELD_BACK);
    const from = rehearsal && held > 0 ? rows.slice(-held) : rows.slice(0, rows.length - held);
    this.#feeder = new Feeder({ file, rows: from }, prompts, seed);
    this.#output = prompts.output;
    // As rows are: those of one file tell nothing of another's.
    this.#seed = mixSeed(seed, LENGTHS, ...Buffer.from(path.basename(file)));
  }

  get ends(): boolean {
    return this.#feeder.ends;
  }

  rowAt(iteration: number): Row | null {
    const row = this.#feeder.rowAt(iteration);
    if (row === null || this.#output === null) return row;
    return { ...row, output_tokens: drawLength(this.#output, seededRandom(mixSeed(this.#seed, iteration))) };
  }
}
