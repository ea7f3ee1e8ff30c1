import { setTimeout as sleep } from 'node:timers/promises';
import { ANSWER_MS, InspectorSession } from '../../profile/capture/inspector.ts';
import { CaptureError } from '../../profile/capture/profiler.ts';
import type { TargetFigures } from '../../telemetry/target-figures.ts';

/** Between two timers of the target whose delay is measured, ms. */
const TIMER_MS = 20;
/** Where nobody has asked for so long, what was put into the target takes itself away: this process is gone. */
const FORGOTTEN_MS = 10_000;
const END_MS = 1000;

/**
 * Runs in the target. What it makes is held by the inspector's session alone, and takes nothing from the program but a timer that does not
 * keep it alive. A delay is told as the time between two timers, so the interval is taken off.
 */
const WATCH = `(() => {
  const { monitorEventLoopDelay, performance, PerformanceObserver } =
    process.getBuiltinModule?.('node:perf_hooks') ?? require('node:perf_hooks');
  const delay = monitorEventLoopDelay({ resolution: ${TIMER_MS} });
  let collecting = 0;
  const add = (entries) => {
    for (const { duration } of entries) collecting += duration;
  };
  const observer = new PerformanceObserver((list) => add(list.getEntries()));
  observer.observe({ entryTypes: ['gc'] });
  delay.enable();
  let loop = performance.eventLoopUtilization();
  let since = performance.now();
  const end = () => {
    delay.disable();
    observer.disconnect();
    clearInterval(watch);
  };
  const watch = setInterval(() => performance.now() - since > ${FORGOTTEN_MS} && end(), ${FORGOTTEN_MS});
  watch.unref();
  const read = () => {
    add(observer.takeRecords());
    const now = performance.now();
    const next = performance.eventLoopUtilization();
    const figures = {
      loopUtilisation: 100 * performance.eventLoopUtilization(next, loop).utilization,
      gc: Math.min(100, (100 * collecting) / (now - since)),
      loopDelay: delay.count > 0 ? Math.max(0, delay.percentile(99) / 1e6 - ${TIMER_MS}) : null,
    };
    delay.reset();
    collecting = 0;
    loop = next;
    since = now;
    return figures;
  };
  return { read, end };
})()`;

/** What a Node process tells of its event loop and its garbage collector, through its inspector. */
export class NodeRuntime {
  readonly #session: InspectorSession;
  readonly #watch: string;

  private constructor(session: InspectorSession, watch: string) {
    this.#session = session;
    this.#watch = watch;
  }

  /** Begins to watch. Rejects with a {@link CaptureError}. @param address of the inspector */
  static async watch(address: string): Promise<NodeRuntime> {
    const session = await InspectorSession.connect(address, () => {});
    try {
      const { result, exceptionDetails } = await session.send(
        'Runtime.evaluate',
        { expression: WATCH, includeCommandLineAPI: true },
        ANSWER_MS,
      );
      const { objectId } = (result ?? {}) as { objectId?: string };
      if (exceptionDetails !== undefined || objectId === undefined) {
        throw new CaptureError('The target does not tell of its event loop.');
      }
      return new NodeRuntime(session, objectId);
    } catch (error) {
      session.close();
      throw error;
    }
  }

  /** Figures of the time since the call before; what is not told is left out. Rejects with a {@link CaptureError} where the target is gone. */
  async read(): Promise<TargetFigures> {
    const { result } = await this.#call('read');
    const { value } = (result ?? {}) as { value?: Record<string, unknown> };
    const told = Object.entries(value ?? {}).filter(([, figure]) => typeof figure === 'number');
    return Object.fromEntries(told) as TargetFigures;
  }

  /** Takes away what was put into the target, and lets go of it. */
  async close(): Promise<void> {
    const ended = this.#call('end').catch(() => {
      // It has gone.
    });
    await Promise.race([ended, sleep(END_MS, undefined, { ref: false })]);
    this.#session.close();
  }

  #call(what: 'read' | 'end'): Promise<Record<string, unknown>> {
    return this.#session.send('Runtime.callFunctionOn', {
      objectId: this.#watch,
      functionDeclaration: `function () { return this.${what}(); }`,
      returnByValue: true,
    });
  }
}
