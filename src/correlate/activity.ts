import { type Profile, RUNNING, WAITING } from '../profile/profile.ts';
import type { Context } from './context.ts';
import { forEachShare } from './overlap.ts';
import { milliseconds, opening } from './sentences.ts';
import { flightTime, type NodePoints, type Span } from './shares.ts';

/** Width of the bins in which the target ran or did not, ms. */
const BIN_MS = 5;

/** How much of the time requests were in flight some thread of the target ran, 0–1, and how long requests took. */
export interface Activity {
  readonly tail: number;
  readonly rest: number;
  /** Ms, in the mean: slow requests, and the others. */
  readonly slowMs: number;
  readonly otherMs: number;
}

/** Null where the profile cannot tell: only durations tell for how long nothing ran, and only a profiler that sees waiting threads does. */
export function activityOf({ input, intervals, tail, steps }: Omit<Context, 'tree' | 'points'>): Activity | null {
  const { profile, phase } = input;
  if (!seesWaiting(profile)) return null;
  const time = flightTime(steps, phase);
  if (!(time.tail > 0 && time.rest > 0)) return null;
  const idle = { tail: 0, rest: 0 };
  forEachShare(idlePoints(profile, phase, 0), steps, (_, tailMs, restMs) => {
    idle.tail += tailMs;
    idle.rest += restMs;
  });
  const mean = (slow: number): number => {
    const rows = [...tail.mask.keys()].filter((row) => tail.mask[row] === slow);
    return rows.reduce((sum, row) => sum + intervals.end[row]! - intervals.start[row]!, 0) / rows.length;
  };
  return {
    tail: Math.max(0, 1 - idle.tail / time.tail),
    rest: Math.max(0, 1 - idle.rest / time.rest),
    slowMs: mean(1),
    otherMs: mean(0),
  };
}

export function seesWaiting(profile: Profile): boolean {
  return profile.unit === 'ms' && profile.samples.state.includes(WAITING);
}

/** How long slow requests took and for how much of it the target ran, beside the others. */
export function activitySentence({ tail, rest, slowMs, otherMs }: Activity, slow: string): string {
  return (
    `${opening(slow)} took ${milliseconds(slowMs)} in the mean, code of the target ran for ${milliseconds(tail * slowMs)} of it; ` +
    `the others took ${milliseconds(otherMs)}, and it ran for ${milliseconds(rest * otherMs)}.`
  );
}

/** The time in which no thread ran, as a point in the middle of every bin of the phase, all at `node`. */
export function idlePoints(profile: Profile, phase: Span, node: number): NodePoints {
  const { samples } = profile;
  const count = Math.max(1, Math.ceil((phase.end - phase.start) / BIN_MS));
  const width = (phase.end - phase.start) / count;
  const idle = new Float64Array(count).fill(width);
  // Samples stand in order of time, so the time already known to be busy ends at one moment.
  let busyUntil = phase.start;
  for (let row = 0; row < samples.time.length; row++) {
    if (samples.state[row] !== RUNNING) continue;
    const from = Math.max(samples.time[row]!, busyUntil);
    const to = Math.min(samples.time[row]! + samples.weight[row]!, phase.end);
    if (!(to > from)) continue;
    busyUntil = to;
    for (let bin = Math.floor((from - phase.start) / width); bin < count; bin++) {
      const binStart = phase.start + bin * width;
      if (binStart >= to) break;
      idle[bin]! -= Math.min(to, binStart + width) - Math.max(from, binStart);
    }
  }
  return {
    time: idle.map((_, bin) => phase.start + (bin + 0.5) * width),
    node: new Int32Array(count).fill(node),
    weight: idle.map((value) => Math.max(0, value)),
  };
}
