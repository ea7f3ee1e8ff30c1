import { slowerCode } from '../correlate/code/slower-code.ts';
import { RunnerError } from '../runner/messages.ts';
import { BuildGone } from './build-gone.ts';
import type { GateAnswers, GateDocument, GateFigure, GateLevel } from './gate-document.ts';
import { judgeFigures, type LookMiss, statusOf, type Tolerance } from './gate-judgement.ts';
import { answersSentence, gateSentence } from './gate-sentence.ts';
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
  /** Told what may be worth knowing before the end, as sentences. */
  readonly onNote: (text: string) => void;
}

/** The chance, one-sided and over all looks, that a build that is not worse fails, and that a worse one passes. */
const MISS = 0.025;

const NOTHING_COMPARED = 'Stopped before anything was compared.';
/** Of figures such as `latency p50 of checkout`. */
const MEDIAN = /^\S+ p50\b/;
const NOTHING_LONGER =
  'No line of yours took noticeably longer in the candidate: what did may be a library, a wait that no thread stands in, or other work.';

/** Measures step by step until it is sure that a build is worse than allowed, or is not, or the time is over. `stop` may be called at any time. */
export class Gate {
  readonly #options: GateOptions;
  readonly #began = performance.now();
  readonly #startedAt = new Date().toISOString();
  #steps = 0;
  #longest: number;
  readonly #abort = new AbortController();
  #answers: GateAnswers | null = null;
  #interrupted = false;
  #miss: LookMiss = { fail: MISS, pass: MISS };

  constructor(options: GateOptions) {
    this.#options = options;
    this.#longest = options.side.step;
  }

  /** Ends it; what was measured by then is told. */
  stop(): void {
    this.#interrupted = true;
    this.#abort.abort(new RunnerError(130, NOTHING_COMPARED));
    this.#options.side.segments.stop();
  }

  /** Rejects with a {@link RunnerError} where a build could not be started, did not answer, or it was stopped before anything was compared. */
  async judge(): Promise<GateDocument> {
    const { side } = this.#options;
    try {
      await side.segments.open();
      this.#answers = await side.answers(this.#abort.signal);
      if (this.#answers !== null && this.#answers.status !== 'passed') {
        return this.#known(this.#answers.status, answersSentence(this.#answers));
      }
      const apart = await side.settle();
      if (!this.#interrupted) for (const text of side.told().notJudged) this.#options.onNote(`Not judged: ${text}`);
      if (apart !== null) return this.#known('inconclusive', `cannot tell: ${apart}`);
      await this.#measure(levelsOf(side));
      return await this.#withCode(this.#judged());
    } catch (error) {
      if (error instanceof NotReliable) return this.#known('void', `void: ${lower(error.message)}`);
      if (error instanceof BuildGone) return this.#known(...goneOf(error));
      if (!this.#interrupted) throw error;
      return this.#judged();
    } finally {
      await side.segments.close();
    }
  }

  /** Until a look is sure, or the time is over. */
  async #measure(levels: readonly LookMiss[]): Promise<void> {
    const { side } = this.#options;
    this.#miss = levels.at(-1)!;
    while (this.#hasTime()) {
      const began = performance.now();
      await side.measure(this.#steps + 1);
      if (this.#interrupted) return;
      this.#steps++;
      this.#longest = Math.max(this.#longest, performance.now() - began);
      const look = levels[side.looks.indexOf(this.#steps)];
      if (look === undefined) continue;
      if (statusOf(this.#figures(look), side.levels.judged(look)) !== 'inconclusive') {
        this.#miss = look;
        return;
      }
    }
  }

  /** What took longer, where a time has failed. That it has is told whatever becomes of the profiles. */
  async #withCode(document: GateDocument): Promise<GateDocument> {
    const { side } = this.#options;
    const failed = document.figures.filter(({ status, unit }) => status === 'failed' && unit === 'ms');
    if (side.profiling === 0 || failed.length === 0 || this.#interrupted) return document;
    const requests = failed.some(({ figure }) => MEDIAN.test(figure)) ? 'all' : 'slow';
    const times = await side.lineTimes(requests).catch((error: Error) => error.message);
    // The verdict stands, though it is stopped by now.
    const told = { ...document, took: this.#took };
    if (typeof times === 'string') return { ...told, profiled: { requests, note: times } };
    const slower = slowerCode(times.baseline, times.candidate);
    return { ...told, slower, profiled: { requests, note: slower.length > 0 ? null : NOTHING_LONGER } };
  }

  #hasTime(): boolean {
    const { side, budget } = this.#options;
    if (this.#interrupted || this.#steps >= side.looks.at(-1)!) return false;
    return this.#took + this.#longest + side.profiling <= budget;
  }

  get #took(): number {
    return Math.round(performance.now() - this.#began);
  }

  #figures(miss: LookMiss): GateFigure[] {
    const { side, tolerance } = this.#options;
    return judgeFigures(side.samples(), side.method, tolerance, miss);
  }

  #judged(): GateDocument {
    if (this.#interrupted && this.#steps === 0) {
      throw new RunnerError(130, NOTHING_COMPARED);
    }
    const figures = this.#figures(this.#miss);
    const levels = this.#options.side.levels.judged(this.#miss);
    if (this.#interrupted) return this.#document('inconclusive', 'stopped before it could be told', figures, levels);
    const status = statusOf(figures, levels);
    return this.#document(status, gateSentence(status, figures, levels), figures, levels);
  }

  /** What is known without the figures, which would only seem to say something. */
  #known(status: GateDocument['status'], sentence: string): GateDocument {
    return this.#document(status, sentence, [], []);
  }

  #document(
    status: GateDocument['status'],
    sentence: string,
    figures: GateFigure[],
    levels: GateLevel[],
  ): GateDocument {
    const { side, budget, candidate } = this.#options;
    const { notJudged, ...told } = side.told();
    return {
      schema: 'tailflame.gate/1',
      status,
      sentence,
      baseline: side.against,
      candidate,
      figures,
      levels,
      answers: this.#answers,
      slower: [],
      profiled: null,
      ...told,
      notJudged: [...notJudged, ...side.levels.notJudged],
      looks: [...side.looks],
      segment: side.segment,
      took: this.#took,
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
  const fail = lookLevels(fractions, MISS / Math.max(1, side.samples().length + side.levels.count));
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
