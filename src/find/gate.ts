import { RunnerError } from '../runner/messages.ts';
import type { GateDocument } from './gate-document.ts';
import { judgeFigures, statusOf, type Tolerance } from './gate-judgement.ts';
import { gateSentence } from './gate-sentence.ts';
import type { GateSide } from './gate-side.ts';
import { lookLevels } from './look-levels.ts';
import { NotReliable } from './segment-runner.ts';

export interface GateOptions {
  readonly side: GateSide;
  /** The address of what is judged. */
  readonly candidate: string;
  readonly tolerance: Tolerance;
  /** Ms that all of it may take. */
  readonly budget: number;
}

/** Of either kind, over all looks, one-sided: that one fails which is not worse, and one passes which is. */
const MISS = 0.025;

/** Measures step by step until it is sure that a build is worse than allowed, or is not, or the time is over. `stop` may be called at any time. */
export class Gate {
  readonly #options: GateOptions;
  readonly #began = performance.now();
  readonly #startedAt = new Date().toISOString();
  #steps = 0;
  #longest = 0;
  #interrupted = false;

  constructor(options: GateOptions) {
    this.#options = options;
  }

  /** Ends it; what was measured by then is told. */
  stop(): void {
    this.#interrupted = true;
    this.#options.side.stop();
  }

  /** Rejects with a {@link RunnerError} where a build could not be started, or did not answer. */
  async judge(): Promise<GateDocument> {
    const { side } = this.#options;
    try {
      await side.open();
      const apart = await side.settle();
      if (apart !== null) return this.#document(MISS, { status: 'inconclusive', sentence: `cannot tell: ${apart}` });
      const most = side.looks.at(-1)!;
      const levels = lookLevels(
        side.looks.map((steps) => steps / most),
        MISS,
      );
      while (this.#hasTime(most)) {
        const began = performance.now();
        await side.measure(this.#steps + 1);
        if (this.#interrupted) break;
        this.#steps++;
        this.#longest = Math.max(this.#longest, performance.now() - began);
        const look = side.looks.indexOf(this.#steps);
        if (look >= 0 && this.#statusAt(levels[look]!) !== 'inconclusive') return this.#document(levels[look]!);
      }
      return this.#document(levels.at(-1)!);
    } catch (error) {
      if (error instanceof NotReliable) {
        const sentence = 'void: the generator could not be relied on, however often it was tried';
        return this.#document(MISS, { status: 'void', sentence });
      }
      if (!this.#interrupted || this.#steps === 0 || !(error instanceof RunnerError)) throw error;
      return this.#document(MISS);
    } finally {
      await side.close();
    }
  }

  #hasTime(most: number): boolean {
    if (this.#interrupted || this.#steps >= most) return false;
    return performance.now() - this.#began + this.#longest <= this.#options.budget;
  }

  #statusAt(miss: number): GateDocument['status'] {
    const { side, tolerance } = this.#options;
    return statusOf(judgeFigures(side.samples(), side.method, tolerance, miss));
  }

  #document(miss: number, known?: Pick<GateDocument, 'status' | 'sentence'>): GateDocument {
    const { side, budget, candidate, tolerance } = this.#options;
    const figures = judgeFigures(side.samples(), side.method, tolerance, miss);
    const status = known?.status ?? (this.#interrupted ? 'inconclusive' : statusOf(figures));
    return {
      schema: 'tailflame.gate/1',
      status,
      sentence: known?.sentence ?? gateSentence({ status, figures }),
      baseline: side.against,
      candidate,
      figures,
      ...side.told(),
      looks: [...side.looks],
      segment: side.segment,
      took: Math.round(performance.now() - this.#began),
      budget,
      startedAt: this.#startedAt,
      interrupted: this.#interrupted,
    };
  }
}
