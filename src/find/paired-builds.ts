import type { LineTime, TimedRequests } from '../correlate/code/line-times.ts';
import { urlWithoutSecrets } from '../load/plan/redaction.ts';
import type { RunRequest } from '../runner/messages.ts';
import type { RunDocument } from '../runs/run-document.ts';
import { type AnswerQuestion, comparedAnswers } from './answer-comparison.ts';
import { askBuilds } from './asked-builds.ts';
import { type ComparedFigure, judgedFigures } from './compared-figure.ts';
import type { GateAnswers, GateDocument } from './gate-document.ts';
import type { ComparisonMethod, FigureSample } from './gate-judgement.ts';
import { GateLevels } from './gate-levels.ts';
import type { GateSide, GateTime } from './gate-side.ts';
import type { MadeRun, SearchEvent } from './probe-runner.ts';
import { PROFILED_RUNS, profiledBuilds } from './profiled-builds.ts';
import { longerSegments, profiledRunsTake, SegmentRunner, segmentLength, segmentsTake } from './segment-runner.ts';
import { differenceBounds, middleDifference } from './signed-rank.ts';

type Build = 'baseline' | 'candidate';

interface Pair {
  readonly baseline: RunDocument;
  readonly candidate: RunDocument;
  readonly first: Build;
}

/** Of ten pairs, signed ranks of several figures cannot be as sure as a first look has to be. */
const LOOKS: readonly number[] = [12, 16, 20];
/** For comparing answers, ms at most. */
const ANSWERING_MS = 20_000;
/** Two of each pair, and one of either build before them. */
const SEGMENTS = 2 * LOOKS.at(-1)! + 2;

const differencesOf = (before: readonly number[], now: readonly number[]): number[] =>
  now.map((value, at) => value - before[at]!);

/** Each value of the candidate beside the one of the baseline that was measured with it. */
export const BY_PAIRS: ComparisonMethod = {
  middle: (before, now) => middleDifference(differencesOf(before, now)),
  bounds: (before, now, miss) => differenceBounds(differencesOf(before, now), miss),
};

/** Two builds that run at once, loaded in turns: pairs of segments, as far as a plan lets them with the same requests at the same times. */
export class PairedBuilds implements GateSide {
  readonly method = BY_PAIRS;
  readonly looks = LOOKS;
  readonly against: string;
  readonly segment: number;
  readonly step: number;
  readonly profiling: number;
  readonly segments: SegmentRunner<Build>;
  readonly levels: GateLevels;
  readonly #requests: Readonly<Record<Build, RunRequest>>;
  readonly #question: AnswerQuestion | null;
  readonly #onEvent: (event: SearchEvent) => void;
  readonly #budget: number;
  readonly #pairs: Pair[] = [];
  #figures: readonly ComparedFigure[] = [];
  #notJudged: readonly string[] = [];

  /** Throws a {@link PlanError} where the time is too short, or the load is no steady one. */
  constructor(
    dist: string,
    candidate: RunRequest,
    baseline: RunRequest,
    { budget, profile }: GateTime,
    question: AnswerQuestion | null,
    onEvent: (event: SearchEvent) => void,
  ) {
    this.against = urlWithoutSecrets(baseline.plan.target.url);
    this.levels = new GateLevels(candidate.plan.objectives);
    this.profiling = profile ? profiledRunsTake(2 * PROFILED_RUNS) : 0;
    this.#onEvent = onEvent;
    this.#budget = budget;
    // Either build begins with the plan's own warm-up.
    const beside = this.profiling + (question === null ? 0 : ANSWERING_MS);
    this.segment = segmentLength(budget, SEGMENTS, beside + 2 * candidate.plan.warmup);
    this.step = segmentsTake(2, this.segment, 0);
    this.#requests = { baseline, candidate };
    this.#question = question;
    this.segments = new SegmentRunner(dist, { baseline, candidate }, this.segment, onEvent);
  }

  async answers(signal: AbortSignal): Promise<GateAnswers | null> {
    if (this.#question === null) return null;
    const { count } = this.#question;
    const onInput = (asked: number): void =>
      this.#onEvent({ type: 'stage', text: `Comparing answers: ${asked} of ${count}` });
    const until = performance.now() + ANSWERING_MS;
    const { inputs, redactor } = await askBuilds(this.#requests, this.#question, { signal, until, onInput });
    return comparedAnswers(inputs, this.#question, redactor);
  }

  async settle(): Promise<null> {
    const both = [await this.segments.settle('baseline'), await this.segments.settle('candidate')];
    const longer = (times: number): string => longerSegments(times, this.#budget, SEGMENTS, this.segment);
    const { figures, notJudged } = judgedFigures(both, longer);
    this.#figures = figures;
    this.#notJudged = notJudged;
    return null;
  }

  async measure(number: number): Promise<void> {
    // ABBA: what drifts meets both builds alike.
    const first: Build = number % 2 === 1 ? 'baseline' : 'candidate';
    const second: Build = first === 'baseline' ? 'candidate' : 'baseline';
    const made = new Map<Build, MadeRun>();
    for (const build of [first, second]) made.set(build, await this.segments.make(build, number));
    if (this.segments.stopped) return;
    const [baseline, candidate] = [made.get('baseline')!, made.get('candidate')!];
    this.levels.add(candidate);
    this.#pairs.push({ baseline: baseline.document, candidate: candidate.document, first });
  }

  samples(): FigureSample[] {
    return this.#figures.map((figure) => {
      const known = this.#pairs
        .map(({ baseline, candidate }) => [figure.of(baseline), figure.of(candidate)] as const)
        .filter((pair): pair is readonly [number, number] => pair.every((value) => value !== null));
      return { figure, baseline: known.map(([before]) => before), candidate: known.map(([, now]) => now) };
    });
  }

  async lineTimes(which: TimedRequests): Promise<Record<Build, readonly LineTime[]> | string> {
    const builds = await profiledBuilds(this.segments, ['baseline', 'candidate'], [which]);
    return typeof builds === 'string'
      ? builds
      : { baseline: builds.baseline[which], candidate: builds.candidate[which] };
  }

  told(): Pick<GateDocument, 'pairs' | 'runs' | 'repeated' | 'notJudged'> {
    const pairs = this.#pairs.map(({ baseline, candidate, first }) => {
      return { baseline: baseline.run, candidate: candidate.run, first };
    });
    return { pairs, runs: [], repeated: this.segments.repeated, notJudged: [...this.#notJudged] };
  }
}
