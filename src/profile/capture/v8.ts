import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type ClockOrigin, monotonicNow } from '../../runs/clock.ts';
import { ProfileError } from '../profile.ts';
import { readV8Trace } from '../read/v8-trace.ts';
import { ANSWER_MS, InspectorSession } from './inspector.ts';
import { type Capture, CaptureError, type Profiler } from './profiler.ts';

/** The only category: V8's sampler, whose events have the executing line of every sample. */
const CATEGORY = 'disabled-by-default-v8.cpu_profiler';
const STOP_MS = 15_000;
/** Between two samples V8 lets about this much pass, so no time is known better. */
const SAMPLING_MS = 0.2;
/** V8 begins to sample at most about this long after it has said that it does. */
const STARTED_MS = 250;
const MOST_SETTLING_MS = 2000;
const COLLECTED_MS = 5000;
/** Trace events are kept until the end; a longer profile than this would fill memory. */
const MAX_EVENTS = 400_000;

/** Samples a Node process through its inspector. */
export class V8Profiler implements Profiler {
  readonly kind = 'v8';
  readonly raw = 'profile.v8-trace.json';
  readonly #url: string;
  readonly #folder: string;
  readonly #origin: ClockOrigin;
  readonly #events: unknown[] = [];
  #session: InspectorSession | null = null;
  #complete = (): void => {};
  #bracket = { before: 0, after: 0 };

  constructor(url: string, folder: string, origin: ClockOrigin) {
    this.#url = url;
    this.#folder = folder;
    this.#origin = origin;
  }

  async start(): Promise<void> {
    this.#session = await InspectorSession.connect(this.#url, (method, params) => {
      if (method === 'NodeTracing.dataCollected' && this.#events.length < MAX_EVENTS) {
        this.#events.push(...(params['value'] as unknown[]));
      } else if (method === 'NodeTracing.tracingComplete') {
        this.#complete();
      }
    });
    const pause = await this.#collectGarbage(this.#session);
    const before = monotonicNow();
    await this.#session.send('NodeTracing.start', { traceConfig: { includedCategories: [CATEGORY] } }, ANSWER_MS);
    this.#bracket = { before, after: monotonicNow() };
    // Requests that came in the pause are answered before the profile counts.
    await sleep(Math.min(pause, MOST_SETTLING_MS));
  }

  /**
   * V8 (of Node 20 at least) holds a lock while it tells its profiler of the functions that there are, allocates meanwhile, and where that
   * begins a collection of garbage waits for the same lock for ever: attaching to a server under load could stop it for good.
   * After a collection there is room. A program that stands at a breakpoint does not answer, nor does it allocate.
   * @returns how long it took, ms
   */
  async #collectGarbage(session: InspectorSession): Promise<number> {
    const before = monotonicNow();
    await Promise.race([session.send('HeapProfiler.collectGarbage'), sleep(COLLECTED_MS, null, { ref: false })]);
    return monotonicNow() - before;
  }

  async stop(): Promise<Capture> {
    const session = this.#session;
    if (session === null) throw new CaptureError('The profiler was not started.');
    try {
      const complete = new Promise<void>((resolve, reject) => {
        this.#complete = resolve;
        setTimeout(
          () => reject(new CaptureError('The target did not hand over its profile in time.')),
          STOP_MS,
        ).unref();
      });
      await Promise.all([session.send('NodeTracing.stop', {}, ANSWER_MS), complete]);
      // Node says so before it has sent all of it: that comes before the answer to what is asked now.
      await session.send('Runtime.evaluate', { expression: '0' }, ANSWER_MS);
    } finally {
      session.close();
    }
    await writeFile(path.join(this.#folder, this.raw), JSON.stringify({ traceEvents: this.#events }));
    const { offset, error } = this.#align();
    try {
      const originUs = (this.#origin.monotonicMs - offset) * 1000;
      return { profile: readV8Trace(this.#events, 'Node', originUs), clockError: error };
    } catch (error) {
      if (error instanceof ProfileError) throw new CaptureError(`The profile cannot be read: ${error.message}`);
      throw error;
    }
  }

  abandon(): void {
    this.#session?.close();
  }

  /**
   * V8's clock is CLOCK_MONOTONIC, as ours. That it is shows in the profile's start, which must lie shortly after we asked for it:
   * no other clock would. Where it does not, the time between asking and being answered gives the offset (ms to add to V8's times).
   */
  #align(): { offset: number; error: number } {
    const first = (this.#events as { name?: string; args?: { data?: { startTime?: number } } }[]).find(
      (event) => event.name === 'Profile',
    );
    const start = (first?.args?.data?.startTime ?? Number.NaN) / 1000;
    const { before, after } = this.#bracket;
    if (start >= before && start <= after + STARTED_MS) return { offset: 0, error: SAMPLING_MS };
    if (Number.isNaN(start)) throw new CaptureError('The target took no samples: its profile is empty.');
    return { offset: (before + after) / 2 - start, error: SAMPLING_MS + (after - before) / 2 };
  }
}
