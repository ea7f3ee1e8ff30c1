import { RunnerError } from '../runner/messages.ts';
import { BuildGone } from './build-gone.ts';
import type { GateDocument, GateFigure } from './gate-document.ts';
import { judgeFigures, type LookMiss, statusOf, type Tolerance } from './gate-judgement.ts';
import { gateSentence } from './gate-sentence.ts';
import type { GateSide } from './gate-side.ts';
import { lookLevels } from './look-levels.ts';
import { NotReliable } from './not-reliable.ts';

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
  #longest: number;
  #interrupted = false;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#longest = options.side.step;
  }

  /** Ends it; what was measured by then is told. */
  stop(): void {
    this.#interrupted = true;
    this.#options.side.segments.stop();
  }

  /** Rejects with a {@link RunnerError} where a build could not be started, did not answer, or it was stopped before anything was compared. */
  async judge(): Promise<GateDocument> {
    const { side } = this.#options;
    let miss: LookMiss = { fail: MISS, pass: MISS };
    try {
      await side.segments.open();
      const apart = await side.settle();
      if (apart !== null) return this.#known('inconclusive', `cannot tell: ${apart}`);
      const levels = levelsOf(side);
      miss = levels.at(-1)!;
      while (this.#hasTime()) {
        const began = performance.now();
        await side.measure(this.#steps + 1);
        if (this.#interrupted) break;
        this.#steps++;
        this.#longest = Math.max(this.#longest, performance.now() - began);
        const look = side.looks.indexOf(this.#steps);
        if (look >= 0 && statusOf(this.#figures(levels[look]!)) !== 'inconclusive') return this.#judged(levels[look]!);
      }
    } catch (error) {
      if (error instanceof NotReliable) return this.#known('void', `void: ${lower(error.message)}`);
      if (error instanceof BuildGone) return this.#known(...goneOf(error));
      if (!this.#interrupted) throw error;
    } finally {
      await side.segments.close();
    }
    if (this.#interrupted && this.#steps === 0) {
      throw new RunnerError(130, 'Stopped before anything was compared.');
    }
    return this.#judged(miss);
  }

  #hasTime(): boolean {
    const { side, budget } = this.#options;
    if (this.#interrupted || this.#steps >= side.looks.at(-1)!) return false;
    return performance.now() - this.#began + this.#longest <= budget;
  }

  #figures(miss: LookMiss): GateFigure[] {
    const { side, tolerance } = this.#options;
    return judgeFigures(side.samples(), side.method, tolerance, miss);
  }

  #judged(miss: LookMiss): GateDocument {
    const figures = this.#figures(miss);
    if (this.#interrupted) return this.#document('inconclusive', 'stopped before it could be told', figures);
    const status = statusOf(figures);
    return this.#document(status, gateSentence(status, figures), figures);
  }

  /** What is known without the figures, which would only seem to say something. */
  #known(status: GateDocument['status'], sentence: string): GateDocument {
    return this.#document(status, sentence, []);
  }

  #document(status: GateDocument['status'], sentence: string, figures: GateFigure[]): GateDocument {
    const { side, budget, candidate } = this.#options;
    return {
      schema: 'tailflame.gate/1',
      status,
      sentence,
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

/** What each look is held to, where so many figures are judged. */
function levelsOf(side: GateSide): LookMiss[] {
  const most = side.looks.at(-1)!;
  const fractions = side.looks.map((steps) => steps / most);
  const fail = lookLevels(fractions, MISS / Math.max(1, side.samples().length));
  return lookLevels(fractions, MISS).map((pass, look) => ({ pass, fail: fail[look]! }));
}

/** A build that stops answering under the load that another bears is worse than it; what it was held against is then unknown. */
function goneOf({ build, message }: BuildGone): [GateDocument['status'], string] {
  const told = `the ${build} answers no longer: ${message.replace(/\.$/, '')}`;
  return build === 'candidate' ? ['failed', told] : ['inconclusive', `cannot tell: ${told}`];
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1).replace(/\.$/, '');
}
