import { mixSeed } from '../arrivals/random.ts';
import type { StreamPlan } from '../plan/plan.ts';
import { STREAM_FORMATS } from './stream-formats.ts';
import { StreamReading } from './stream-reading.ts';
import { readTokenizer } from './tokenizer-file.ts';

/** Which streams are cut off is drawn from a stream of random numbers of its own. */
const CANCEL_STREAM = 17;

/** A step's stream made ready once. */
export class PreparedStream {
  readonly plan: StreamPlan;
  readonly #seed: number;
  readonly #step: number;
  readonly #keepsAnswer: boolean;

  /**
   * Throws a `PlanError` where its tokenizer cannot be read.
   *
   * @param step its number in the plan
   * @param keepsAnswer whether checks or extractions look into the answer
   */
  constructor(plan: StreamPlan, seed: number, step: number, keepsAnswer: boolean) {
    if (plan.tokenizer !== null) readTokenizer(plan.tokenizer);
    this.plan = plan;
    this.#seed = seed;
    this.#step = step;
    this.#keepsAnswer = keepsAnswer;
  }

  /** Reads one answer. @param iteration over all generators: the same streams are cut off however many there are */
  open(iteration: number): StreamReading {
    const { api, cancel, tokenizer } = this.plan;
    const cut = cancel !== null && this.#drawn(iteration) < cancel.share;
    return new StreamReading(STREAM_FORMATS[api], {
      keepsAnswer: this.#keepsAnswer,
      keepsText: tokenizer !== null,
      enough: cut ? cancel.after : Number.POSITIVE_INFINITY,
    });
  }

  #drawn(iteration: number): number {
    return mixSeed(this.#seed, iteration, CANCEL_STREAM, this.#step) / 2 ** 32;
  }
}
