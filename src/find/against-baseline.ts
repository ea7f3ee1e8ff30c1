import type { RunRequest } from '../runner/messages.ts';
import type { RunDocument } from '../runs/run-document.ts';
import { type ComparedFigure, judgedFigures } from './compared-figure.ts';
import type { GateDocument } from './gate-document.ts';
import type { FigureSample, Method } from './gate-judgement.ts';
import type { GateSide } from './gate-side.ts';
import type { SearchEvent } from './probe-runner.ts';
import { middleShift, shiftBounds } from './rank-sum.ts';
import { SegmentRunner } from './segment-runner.ts';
import { type StoredBaseline, whyApart } from './stored-baseline.ts';

/** Segments of the candidate; a baseline has as many as the last look. */
export const BASELINE_SEGMENTS = 16;
const LOOKS: readonly number[] = [8, 12, BASELINE_SEGMENTS];

const BY_RANKS: Method = { middle: middleShift, bounds: shiftBounds };

/** A build against the figures of another one, as they were stored: segments as long as theirs, on a machine as theirs. */
export class AgainstBaseline implements GateSide {
  readonly method = BY_RANKS;
  readonly looks = LOOKS;
  readonly against: string;
  readonly segment: number;
  readonly #baseline: StoredBaseline;
  readonly #segments: SegmentRunner<'candidate'>;
  readonly #documents: RunDocument[] = [];
  #figures: readonly ComparedFigure[] = [];
  #notJudged: readonly string[] = [];

  /** Throws a {@link PlanError} where the load is no steady one. @param file of the baseline */
  constructor(
    dist: string,
    candidate: RunRequest,
    baseline: StoredBaseline,
    file: string,
    onEvent: (event: SearchEvent) => void,
  ) {
    this.against = file;
    this.segment = baseline.segment;
    this.#baseline = baseline;
    this.#segments = new SegmentRunner(dist, { candidate }, baseline.segment, onEvent);
  }

  open(): Promise<void> {
    return this.#segments.open();
  }

  close(): Promise<void> {
    return this.#segments.close();
  }

  stop(): void {
    this.#segments.stop();
  }

  async settle(): Promise<string | null> {
    const document = await this.#segments.settle('candidate');
    const apart = whyApart(this.#baseline, document, { segment: this.segment, load: this.#segments.level! });
    const { figures, notJudged } = judgedFigures([document]);
    this.#figures = figures.filter(({ name }) => Object.hasOwn(this.#baseline.figures, name));
    this.#notJudged = notJudged;
    return apart;
  }

  async measure(number: number): Promise<void> {
    const document = await this.#segments.make('candidate', number);
    if (!this.#segments.stopped) this.#documents.push(document);
  }

  samples(): FigureSample[] {
    return this.#figures.map((figure) => {
      const candidate = this.#documents.map(figure.of).filter((value) => value !== null);
      return { figure, baseline: this.#baseline.figures[figure.name]!, candidate };
    });
  }

  told(): Pick<GateDocument, 'pairs' | 'runs' | 'repeated' | 'notJudged'> {
    const runs = this.#documents.map(({ run }) => run);
    return { pairs: [], runs, repeated: this.#segments.repeated, notJudged: [...this.#notJudged] };
  }
}
