import { RunnerError, type RunRequest } from '../runner/messages.ts';
import type { RunDocument } from '../runs/run-document.ts';
import { BASELINE_SEGMENTS } from './against-baseline.ts';
import { BuildGone } from './build-gone.ts';
import { NotReliable } from './not-reliable.ts';
import type { SearchEvent } from './probe-runner.ts';
import { SegmentRunner, segmentLength } from './segment-runner.ts';
import { type StoredBaseline, storedBaseline } from './stored-baseline.ts';

/** Measures a build in segments, to hold later builds against it. */
export class BaselineMaker {
  readonly #segments: SegmentRunner<'baseline'>;
  readonly #length: number;

  /** Throws a {@link PlanError} where the time is too short, or the load is no steady one. @param budget ms that all of it may take */
  constructor(dist: string, request: RunRequest, budget: number, onEvent: (event: SearchEvent) => void) {
    this.#length = segmentLength(budget, BASELINE_SEGMENTS + 1, request.plan.warmup);
    this.#segments = new SegmentRunner(dist, { baseline: request }, this.#length, onEvent);
  }

  stop(): void {
    this.#segments.stop();
  }

  /** Rejects with a {@link RunnerError} where it was stopped, the build did not answer, or the generator could not be relied on. */
  async make(): Promise<StoredBaseline> {
    const documents: RunDocument[] = [];
    try {
      await this.#segments.open();
      await this.#segments.settle('baseline');
      while (documents.length < BASELINE_SEGMENTS && !this.#segments.stopped) {
        documents.push(await this.#segments.make('baseline', documents.length + 1));
      }
    } catch (error) {
      if (error instanceof NotReliable) throw new RunnerError(98, `${error.message} Nothing was written.`);
      if (error instanceof BuildGone) throw new RunnerError(3, `${error.message} Nothing was written.`);
      if (!this.#segments.stopped) throw error;
    } finally {
      await this.#segments.close();
    }
    if (this.#segments.stopped) throw new RunnerError(130, 'Stopped before all was measured; nothing was written.');
    return storedBaseline(documents, { segment: this.#length, load: this.#segments.load! });
  }
}
