/**
 * The clock every part of a run shares: milliseconds since the run's origin, a moment on the machine's monotonic clock
 * (CLOCK_MONOTONIC on Linux, which V8's profiler and py-spy's host read too).
 */
export interface ClockOrigin {
  /** The origin on `process.hrtime`'s clock, in ms. */
  monotonicMs: number;
  /** The same moment in wall time, ms since 1970-01-01 UTC. */
  unixMs: number;
}

/** Takes now as the origin of a new run. */
export function takeOrigin(): ClockOrigin {
  return { monotonicMs: monotonicNow(), unixMs: Date.now() };
}

/** Now on `process.hrtime`'s clock, in ms. Slower than a {@link RunClock}, and the same in every process of the machine. */
export function monotonicNow(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Reads the run's time in one thread. `performance.now()` is cheap but starts with its thread; the offset is measured once. */
export class RunClock {
  readonly #offset: number;

  constructor(origin: ClockOrigin) {
    this.#offset = performanceOffset() - origin.monotonicMs;
  }

  /** Ms since the run's origin. */
  now(): number {
    return performance.now() + this.#offset;
  }
}

/** hrtime − performance.now() in ms; of several readings the one least disturbed by the scheduler. */
function performanceOffset(): number {
  let best = { width: Number.POSITIVE_INFINITY, offset: 0 };
  for (let i = 0; i < 50; i++) {
    const before = performance.now();
    const monotonic = monotonicNow();
    const after = performance.now();
    if (after - before < best.width) best = { width: after - before, offset: monotonic - (before + after) / 2 };
  }
  return best.offset;
}
