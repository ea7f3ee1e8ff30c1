import { type Capture, CaptureError, type Profiler } from '../profile/capture/profiler.ts';
import { chooseProfiler, type ProfilerChoice } from './choose-profiler.ts';

/** The profiler's part in one run. It never fails the run: what went wrong is {@link Profiling.trouble}. */
export class Profiling {
  #profiler: Profiler | null = null;
  #capture: Promise<Capture | null> | null = null;
  #trouble: string | null = null;

  /** Why there is no profile, as a sentence for people; null while there is nothing to say. */
  get trouble(): string | null {
    return this.#trouble;
  }

  get profiler(): Profiler | null {
    return this.#profiler;
  }

  /** Resolves to whether samples are being taken. */
  async begin(choice: ProfilerChoice): Promise<boolean> {
    try {
      const profiler = await chooseProfiler(choice);
      this.#profiler = profiler;
      await profiler.start();
      return true;
    } catch (error) {
      this.#profiler = null;
      this.#trouble = sentence(error);
      return false;
    }
  }

  /** Ends the sampling, once; null where there is nothing to end or nothing came of it. */
  end(): Promise<Capture | null> {
    this.#capture ??= this.#stop();
    return this.#capture;
  }

  /** Lets go of the target at once. */
  abandon(): void {
    this.#profiler?.abandon();
  }

  async #stop(): Promise<Capture | null> {
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
