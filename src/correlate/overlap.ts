import { type Profile, RUNNING } from '../profile/profile.ts';
import type { Intervals, Tail } from './tail.ts';

/**
 * How the requests in flight divide into slow and other ones over time, as a step function: from `time[i]` up to `time[i + 1]`
 * the slow share is `tail[i]` = a/n and the other `rest[i]` = (n − a)/n, where a of the n requests in flight are slow. Both are 0
 * where none is in flight. `time[0]` is −∞ and the last entry +∞, so that a sweep needs no edge cases.
 */
export interface FlightSteps {
  readonly time: Float64Array;
  readonly tail: Float64Array;
  readonly rest: Float64Array;
}

/** One weight per sample of a profile, in its unit, as a view of a flame graph takes them. */
export interface ViewWeights {
  readonly tail: Float64Array;
  readonly rest: Float64Array;
}

/** Samples, or pieces of long ones, ordered by time: what the requests in flight are asked for. */
export interface Points {
  /** Ms on the run's clock. */
  readonly time: Float64Array;
  /** Row of the profile's samples. */
  readonly sample: Int32Array;
  /** In the profile's unit. */
  readonly weight: Float64Array;
}

/** A sample that stood longer is looked at this often (ms): readers of begin/end formats give one sample per unchanged stack. */
const PIECE_MS = 5;
/** Above this many pieces they are made longer: the shifts go over all of them a thousand times. */
const MAX_POINTS = 200_000;

/** Calls with the row of each point and the parts of its weight that are slow and other ones'. */
export function forEachShare(
  { time, weight }: Pick<Points, 'time' | 'weight'>,
  steps: FlightSteps,
  told: (row: number, tail: number, rest: number) => void,
): void {
  let step = 0;
  for (let row = 0; row < time.length; row++) {
    while (steps.time[step + 1]! <= time[row]!) step++;
    told(row, weight[row]! * steps.tail[step]!, weight[row]! * steps.rest[step]!);
  }
}

/** The {@link FlightSteps} of requests, by one sweep over their sorted starts and ends. */
export function flightSteps(intervals: Intervals, tail: Tail): FlightSteps {
  const { start, end } = intervals;
  const count = start.length;
  const starts = Uint32Array.from(start, (_, row) => row).sort((a, b) => start[a]! - start[b]!);
  const ends = Uint32Array.from(end, (_, row) => row).sort((a, b) => end[a]! - end[b]!);
  const time = [Number.NEGATIVE_INFINITY];
  const tailShare = [0];
  const restShare = [0];
  let inFlight = 0;
  let slow = 0;
  for (let s = 0, e = 0; s < count || e < count; ) {
    const now = Math.min(s < count ? start[starts[s]!]! : Infinity, e < count ? end[ends[e]!]! : Infinity);
    for (; s < count && start[starts[s]!]! <= now; s++) {
      inFlight++;
      slow += tail.mask[starts[s]!]!;
    }
    for (; e < count && end[ends[e]!]! <= now; e++) {
      inFlight--;
      slow -= tail.mask[ends[e]!]!;
    }
    time.push(now);
    tailShare.push(inFlight > 0 ? slow / inFlight : 0);
    restShare.push(inFlight > 0 ? (inFlight - slow) / inFlight : 0);
  }
  time.push(Number.POSITIVE_INFINITY);
  return { time: Float64Array.from(time), tail: Float64Array.from(tailShare), rest: Float64Array.from(restShare) };
}

/**
 * The samples of a profile in [`from`, `to`) as points. In a profile that counts ms a sample of weight w stood from its time on, so a
 * long one becomes points evenly spread over that time, the first at its own; shorter ones, and counts, stay one point.
 */
export function pointsOf(profile: Profile, state: number, from: number, to: number): Points {
  const { samples } = profile;
  let total = 0;
  for (let row = 0; row < samples.time.length; row++) if (samples.state[row] === state) total += samples.weight[row]!;
  const piece = Math.max(PIECE_MS, total / MAX_POINTS);
  const rows: { time: number; sample: number; weight: number }[] = [];
  let ordered = true;
  for (let row = 0; row < samples.time.length; row++) {
    const weight = samples.weight[row]!;
    if (samples.state[row] !== state || samples.stack[row]! < 0 || !(weight > 0)) continue;
    const pieces = profile.unit === 'ms' ? Math.ceil(weight / piece) : 1;
    for (let i = 0; i < pieces; i++) {
      const time = samples.time[row]! + (i * weight) / pieces;
      if (time >= from && time < to) rows.push({ time, sample: row, weight: weight / pieces });
    }
    ordered &&= pieces === 1;
  }
  if (!ordered) rows.sort((a, b) => a.time - b.time);
  return {
    time: Float64Array.from(rows, (row) => row.time),
    sample: Int32Array.from(rows, (row) => row.sample),
    weight: Float64Array.from(rows, (row) => row.weight),
  };
}

/**
 * The weight of every sample (running or waiting) in the views *Slow requests* and *Other requests*: w·a/n and w·(n − a)/n at its
 * time, 0 in both where no request is in flight. A flame graph of them shows overlap in time, not cause.
 */
export function viewWeights(profile: Profile, intervals: Intervals, tail: Tail): ViewWeights {
  const count = profile.samples.time.length;
  const weights = { tail: new Float64Array(count), rest: new Float64Array(count) };
  if (!profile.hasTime) return weights;
  forEachMoment(profile, intervals, tail, (row, _, tailWeight, restWeight) => {
    weights.tail[row]! += tailWeight;
    weights.rest[row]! += restWeight;
  });
  return weights;
}

/** Calls with the row of every sample that has a stack, running or waiting, for each of its moments, and the parts of its weight as {@link forEachShare} has them. */
export function forEachMoment(
  profile: Profile,
  intervals: Intervals,
  tail: Tail,
  told: (row: number, time: number, tailWeight: number, restWeight: number) => void,
): void {
  const steps = flightSteps(intervals, tail);
  for (const state of new Set(profile.samples.state)) {
    const points = pointsOf(profile, state, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
    forEachShare(points, steps, (point, slow, other) => told(points.sample[point]!, points.time[point]!, slow, other));
  }
}

/** The profile's running samples as points; see {@link pointsOf}. */
export function runningPoints(profile: Profile, from: number, to: number): Points {
  return pointsOf(profile, RUNNING, from, to);
}
