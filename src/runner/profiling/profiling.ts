import { type Capture, CaptureError, type Profiler } from '../../profile/capture/profiler.ts';
import { chooseProfiler, type ProfilerChoice } from './choose-profiler.ts';

/** The profiler's part in one run. It never fails the run: what went wrong is {@link Profiling.trouble}. */
export class Profiling {
  #profiler: Profiler | null = null;
  #begun: Promise<boolean> = Promise.resolve(false);
  #capture: Promise<Capture | null> | null = null;
  #trouble: string | null = null;
  #isSampling = false;
  #isOver = false;

  /** Why there is no profile, as a sentence for people; null while there is nothing to say. */
  get trouble(): string | null {
    return this.#trouble;
  }

  get profiler(): Profiler | null {
    return this.#profiler;
  }

  /** Resolves to whether samples are being taken. */
  begin(choice: ProfilerChoice): Promise<boolean> {
    this.#begun = this.#begin(choice);
    return this.#begun;
  }

  /** Ends the sampling, once; null where there is nothing to end or nothing came of it. What is only beginning is given up. */
  end(): Promise<Capture | null> {
    this.#isOver = true;
    if (!this.#isSampling) this.#profiler?.abandon();
    this.#capture ??= this.#stop();
    return this.#capture;
  }

  /** Lets go of the target at once. */
  abandon(): void {
    this.#profiler?.abandon();
  }

  async #begin(choice: ProfilerChoice): Promise<boolean> {
    try {
      const profiler = await chooseProfiler(choice);
      if (this.#isOver) return false;
      this.#profiler = profiler;
      await profiler.start();
      this.#isSampling = !this.#isOver;
      if (this.#isSampling) return true;
      profiler.abandon();
    } catch (error) {
      if (!this.#isOver) this.#trouble = sentence(error);
      this.#profiler?.abandon();
    }
    this.#profiler = null;
    return false;
  }

  async #stop(): Promise<Capture | null> {
    await this.#begun;
    try {
      return (await this.#profiler?.stop()) ?? null;
    } catch (error) {
      this.#trouble = sentence(error);
      return null;
    }
  }
}

function sentence(error: unknown): string {
  return error instanceof CaptureError ? error.message : `The profiler failed: ${(error as Error).message}`;
}
