import type { LineTime, TimedRequests } from '../correlate/code/line-times.ts';
import type { Plan } from '../load/plan/plan.ts';
import { PlanError } from '../load/plan/plan-error.ts';
import type { RunRequest } from '../runner/messages.ts';
import type { RunDocument } from '../runs/run-document.ts';
import { type ComparedFigure, judgedFigures } from './compared-figure.ts';
import { fingerprint, machineOf } from './conditions.ts';
import type { GateDocument } from './gate-document.ts';
import type { ComparisonMethod, FigureSample } from './gate-judgement.ts';
import { GateLevels } from './gate-levels.ts';
import type { GateSide, GateTime } from './gate-side.ts';
import type { SearchEvent } from './probe-runner.ts';
import { PROFILED_RUNS, profiledBuilds } from './profiled-builds.ts';
import { middleShift, shiftBounds } from './rank-sum.ts';
import { longerSegments, profiledRunsTake, SegmentRunner, segmentsTake, tooShort } from './segment-runner.ts';
import { contentsOf } from './sent-files.ts';
import { type StoredBaseline, whyApart } from './stored-baseline.ts';

/** Segments of the candidate; a baseline has as many as the last look. */
export const BASELINE_SEGMENTS = 16;
const LOOKS: readonly number[] = [8, 12, BASELINE_SEGMENTS];

const BY_RANKS: ComparisonMethod = { middle: middleShift, bounds: shiftBounds };

/** A build against the figures of another one, as they were stored: segments as long as theirs, on a machine as theirs. */
export class AgainstBaseline implements GateSide {
  readonly method = BY_RANKS;
  readonly looks = LOOKS;
  readonly against: string;
  readonly segment: number;
  readonly step: number;
  readonly profiling: number;
  readonly #baseline: StoredBaseline;
  readonly #plan: Plan;
  readonly segments: SegmentRunner<'candidate'>;
  readonly levels: GateLevels;
  readonly #documents: RunDocument[] = [];
  #figures: readonly ComparedFigure[] = [];
  #notJudged: readonly string[] = [];

  /**
   * Throws a {@link PlanError} where the time is too short, or the load is no steady one. Where the plan has none it is the baseline's.
   * @param file of the baseline
   */
  constructor(
    dist: string,
    candidate: RunRequest,
    { baseline, file }: { readonly baseline: StoredBaseline; readonly file: string },
    { budget, profile }: GateTime,
    onEvent: (event: SearchEvent) => void,
  ) {
    this.against = file;
    this.levels = new GateLevels(candidate.plan.objectives);
    this.profiling = profile ? profiledRunsTake(PROFILED_RUNS) : 0;
    this.segment = baseline.segment;
    this.step = segmentsTake(1, this.segment, 0);
    this.#baseline = baseline;
    this.#plan = candidate.plan;
    const { plan } = candidate;
    const least = segmentsTake(LOOKS[0]! + 1, this.segment, plan.warmup) + this.profiling;
    if (budget < least) throw new PlanError(tooShort(LOOKS[0]! + 1, least));
    const request = { ...candidate, plan: { ...plan, load: plan.load ?? baseline.load } };
    this.segments = new SegmentRunner(dist, { candidate: request }, this.segment, onEvent);
  }

  /** Figures are stored, and no answers. */
  async answers(): Promise<null> {
    return null;
  }

  async settle(): Promise<string | null> {
    const document = await this.segments.settle('candidate');
    const { warmup } = this.#plan;
    const [count, length] = [BASELINE_SEGMENTS + 1, this.segment];
    const longer = (times: number): string =>
      `a baseline made with ${longerSegments(times, segmentsTake(count, length, warmup), count, length)}`;
    const { figures, notJudged } = judgedFigures([document], longer);
    const isStored = ({ name }: ComparedFigure): boolean => Object.hasOwn(this.#baseline.figures, name);
    this.#figures = figures.filter(isStored);
    const missing = figures.filter((figure) => !isStored(figure)).map(({ name }) => `${name}: the baseline has none.`);
    this.#notJudged = [...notJudged, ...missing];
    return whyApart(this.#baseline, {
      plan: fingerprint(this.#plan, contentsOf(this.#plan)),
      load: this.segments.load!,
      machine: machineOf(document.environment),
    });
  }

  async measure(number: number): Promise<void> {
    const made = await this.segments.make('candidate', number);
    if (this.segments.stopped) return;
    this.levels.add(made);
    this.#documents.push(made.document);
  }

  samples(): FigureSample[] {
    return this.#figures.map((figure) => {
      const candidate = this.#documents.map(figure.of).filter((value) => value !== null);
      return { figure, baseline: this.#baseline.figures[figure.name]!, candidate };
    });
  }

  async lineTimes(which: TimedRequests): Promise<Record<'baseline' | 'candidate', readonly LineTime[]> | string> {
    const { code } = this.#baseline;
    if (code === undefined) return 'The baseline has no times of its code: make it with --profile.';
    const now = await profiledBuilds(this.segments, ['candidate'], [which]);
    return typeof now === 'string' ? now : { baseline: code[which], candidate: now.candidate[which] };
  }

  told(): Pick<GateDocument, 'pairs' | 'runs' | 'repeated' | 'notJudged'> {
    const runs = this.#documents.map(({ run }) => run);
    return { pairs: [], runs, repeated: this.segments.repeated, notJudged: [...this.#notJudged] };
  }
}
