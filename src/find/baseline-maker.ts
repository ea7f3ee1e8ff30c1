import type { Plan } from '../load/plan/plan.ts';
import { RunnerError, type RunRequest } from '../runner/messages.ts';
import type { RunDocument } from '../runs/run-document.ts';
import { BASELINE_SEGMENTS } from './against-baseline.ts';
import { BuildGone } from './build-gone.ts';
import { judgedFigures } from './compared-figure.ts';
import { fingerprint } from './conditions.ts';
import type { GateTime } from './gate-side.ts';
import { NotReliable } from './not-reliable.ts';
import type { SearchEvent } from './probe-runner.ts';
import { PROFILED_RUNS, profiledBuilds } from './profiled-builds.ts';
import { longerSegments, profiledRunsTake, SegmentRunner, segmentLength } from './segment-runner.ts';
import { contentsOf } from './sent-files.ts';
import { type StoredBaseline, type StoredCode, storedBaseline } from './stored-baseline.ts';

/** Measures a build in segments, to hold later builds against it. */
export class BaselineMaker {
  readonly #segments: SegmentRunner<'baseline'>;
  readonly #plan: Plan;
  readonly #length: number;
  readonly #time: GateTime;
  readonly #onNote: (text: string) => void;

  /** Throws a {@link PlanError} where the time is too short, or the load is no steady one. */
  constructor(
    dist: string,
    request: RunRequest,
    time: GateTime,
    onEvent: (event: SearchEvent) => void,
    onNote: (text: string) => void,
  ) {
    const profiling = time.profile ? profiledRunsTake(PROFILED_RUNS) : 0;
    this.#length = segmentLength(time.budget, BASELINE_SEGMENTS + 1, profiling + request.plan.warmup);
    this.#plan = request.plan;
    this.#time = time;
    this.#onNote = onNote;
    this.#segments = new SegmentRunner(dist, { baseline: request }, this.#length, onEvent);
  }

  stop(): void {
    this.#segments.stop();
  }

  /** Rejects with a {@link RunnerError} where it was stopped, the build did not answer, or the generator could not be relied on. */
  async make(): Promise<StoredBaseline> {
    const documents: RunDocument[] = [];
    const sent = fingerprint(this.#plan, contentsOf(this.#plan));
    let code: StoredCode | null = null;
    try {
      await this.#segments.open();
      const first = await this.#segments.settle('baseline');
      const longer = (times: number): string =>
        longerSegments(times, this.#time.budget, BASELINE_SEGMENTS + 1, this.#length);
      const { notJudged } = judgedFigures([first], longer);
      if (!this.#segments.stopped) for (const text of notJudged) this.#onNote(`Will not be judged: ${text}`);
      // Before minutes are spent on what could not be kept: a target may not let itself be profiled.
      if (this.#time.profile && !this.#segments.stopped) code = await this.#code();
      while (documents.length < BASELINE_SEGMENTS && !this.#segments.stopped) {
        const { document } = await this.#segments.make('baseline', documents.length + 1);
        documents.push(document);
      }
    } catch (error) {
      if (error instanceof NotReliable) throw new RunnerError(98, `${error.message} Nothing was written.`);
      if (error instanceof BuildGone) throw new RunnerError(3, `${error.message} Nothing was written.`);
      if (!this.#segments.stopped) throw error;
    } finally {
      await this.#segments.close();
    }
    if (this.#segments.stopped) throw new RunnerError(130, 'Stopped before all was measured; nothing was written.');
    return storedBaseline(documents, { sent, segment: this.#length, load: this.#segments.load!, code });
  }

  async #code(): Promise<StoredCode> {
    const builds = await profiledBuilds(this.#segments, ['baseline'], ['all', 'slow']);
    if (typeof builds === 'string') throw new RunnerError(1, `${builds} Nothing was written.`);
    return builds.baseline;
  }
}
