import { type Profile, RUNNING, type StackTree } from '../profile/profile.ts';
import type { FlightSteps, Points } from './overlap.ts';

/** A stretch of the run's clock, ms. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What shares are counted of: functions, lines. */
export interface Grouping {
  readonly count: number;
  /** Per node of the stack tree its group; −1 where it has none, or stands inside a call of the same group, which counts once. */
  readonly of: Int32Array;
}

/** A line of a file, as shares name it. */
export interface SourceLine {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** Per group its inclusive weight, and that of all points: in the tail, and in the rest. */
export interface Sums {
  readonly tail: Float64Array;
  readonly rest: Float64Array;
  readonly tailTotal: number;
  readonly restTotal: number;
}

/** Shares (0–1) of the running weight by group: of all of it, of that of the tail (T), of that of the rest (R). NaN of nothing. */
export interface Shares {
  readonly all: Float64Array;
  readonly tail: Float64Array;
  readonly rest: Float64Array;
  /** Samples of the group in the rest, each counted as far as it belongs there, (n − a)/n, and a long one as many of the usual length. */
  readonly restSamples: Float64Array;
}

/** Functions of a profile; a group is an index into its frames. */
export function functionGrouping(profile: Profile): Grouping {
  return groupingOf(profile.stacks, profile.stacks.frame, profile.frames.length);
}

/** Lines of a profile, where file and line are known. */
export function lineGrouping(profile: Profile): { grouping: Grouping; lines: readonly SourceLine[] } {
  const { stacks, frames } = profile;
  const index = new Map<string, number>();
  const lines: SourceLine[] = [];
  const groups = new Int32Array(stacks.frame.length).fill(-1);
  for (let node = 0; node < groups.length; node++) {
    const { file } = frames[stacks.frame[node]!]!;
    const line = stacks.line[node]!;
    if (file === null || line <= 0) continue;
    const key = `${line}:${file}`;
    let group = index.get(key);
    if (group === undefined) {
      group = lines.push({ file, line }) - 1;
      index.set(key, group);
    }
    groups[node] = group;
  }
  return { grouping: groupingOf(stacks, groups, lines.length), lines };
}

function groupingOf(stacks: StackTree, groups: Int32Array, count: number): Grouping {
  return { count, of: outermostOnly(stacks.parent, groups) };
}

/** Groups per node of a tree, −1 where an ancestor has the same group: a recursive call counts once. */
export function outermostOnly(parent: Int32Array, groups: Int32Array): Int32Array {
  const of = Int32Array.from(groups);
  for (let node = 0; node < of.length; node++) {
    const group = groups[node]!;
    for (let up = parent[node]!; group >= 0 && up >= 0; up = parent[up]!) {
      if (groups[up] === group) {
        of[node] = -1;
        break;
      }
    }
  }
  return of;
}

/** What {@link OverlapSums} sums: points with the node of the stack tree each stood at. */
export interface NodePoints {
  readonly time: Float64Array;
  readonly node: Int32Array;
  readonly weight: Float64Array;
}

/** The points of a profile's samples as {@link NodePoints}. */
export function nodePoints(profile: Profile, points: Points): NodePoints {
  return {
    time: points.time,
    node: Int32Array.from(points.sample, (row) => profile.samples.stack[row]!),
    weight: points.weight,
  };
}

/** The points at the nodes that are wanted. */
export function keepPoints(points: NodePoints, wanted: (node: number) => boolean): NodePoints {
  return pickPoints(
    points,
    [...points.node.keys()].filter((row) => wanted(points.node[row]!)),
  );
}

/** Points by their rows. */
export function pickPoints(points: NodePoints, rows: readonly number[]): NodePoints {
  return {
    time: Float64Array.from(rows, (row) => points.time[row]!),
    node: Int32Array.from(rows, (row) => points.node[row]!),
    weight: Float64Array.from(rows, (row) => points.weight[row]!),
  };
}

/**
 * Sums points by tail and rest, at any circular shift of the requests within a phase. Made for a thousand shifts: points are summed
 * into the distinct stacks, which are far fewer, and only those are carried up to their callers and into groups.
 */
export class OverlapSums {
  readonly #points: NodePoints;
  readonly #steps: FlightSteps;
  readonly #span: Span;
  readonly #parent: Int32Array;
  readonly #grouping: Grouping;
  readonly #nodeTail: Float64Array;
  readonly #nodeRest: Float64Array;

  /** `points` must lie within `span`, in order. */
  constructor(points: NodePoints, steps: FlightSteps, span: Span, parent: Int32Array, grouping: Grouping) {
    this.#points = points;
    this.#steps = steps;
    this.#span = span;
    this.#parent = parent;
    this.#grouping = grouping;
    this.#nodeTail = new Float64Array(parent.length);
    this.#nodeRest = new Float64Array(parent.length);
  }

  /** The sums with what happened at t compared with the requests at t + `shift` (ms, 0 up to the phase's length), wrapped round. */
  at(shift: number): Sums {
    const tailNodes = this.#nodeTail.fill(0);
    const restNodes = this.#nodeRest.fill(0);
    const { time } = this.#points;
    const length = this.#span.end - this.#span.start;
    const wrap = shift > 0 ? lowerBound(time, this.#span.end - shift) : time.length;
    this.#sweep(0, wrap, shift);
    this.#sweep(wrap, time.length, shift - length);
    const { of, count } = this.#grouping;
    const tail = new Float64Array(count);
    const rest = new Float64Array(count);
    let tailTotal = 0;
    let restTotal = 0;
    // Children stand after their parents, so one pass from the end makes every node inclusive before it is read.
    for (let node = of.length - 1; node >= 0; node--) {
      const group = of[node]!;
      const parent = this.#parent[node]!;
      const nodeTail = tailNodes[node]!;
      const nodeRest = restNodes[node]!;
      if (group >= 0) {
        tail[group]! += nodeTail;
        rest[group]! += nodeRest;
      }
      if (parent >= 0) {
        tailNodes[parent]! += nodeTail;
        restNodes[parent]! += nodeRest;
      } else {
        tailTotal += nodeTail;
        restTotal += nodeRest;
      }
    }
    return { tail, rest, tailTotal, restTotal };
  }

  /** Inclusive tail weight per node, of the last shift asked for. */
  get nodeTail(): Float64Array {
    return this.#nodeTail;
  }

  #sweep(from: number, to: number, shift: number): void {
    const { time, node, weight } = this.#points;
    const { time: stepTime, tail, rest } = this.#steps;
    const tailNodes = this.#nodeTail;
    const restNodes = this.#nodeRest;
    // The first step begins at −∞.
    let step = from < to ? lowerBound(stepTime, time[from]! + shift) - 1 : 0;
    for (let i = from; i < to; i++) {
      const now = time[i]! + shift;
      while (stepTime[step + 1]! <= now) step++;
      const w = weight[i]!;
      tailNodes[node[i]!]! += w * tail[step]!;
      restNodes[node[i]!]! += w * rest[step]!;
    }
  }
}

/** ∫ a/n and ∫ (n − a)/n over a span, ms: how long slow, and other, requests were in flight. */
export function flightTime(steps: FlightSteps, span: Span): { tail: number; rest: number; slowInFlight: number } {
  let tail = 0;
  let rest = 0;
  let slowInFlight = 0;
  for (let i = 0; i + 1 < steps.time.length; i++) {
    const width = Math.min(steps.time[i + 1]!, span.end) - Math.max(steps.time[i]!, span.start);
    if (!(width > 0)) continue;
    tail += width * steps.tail[i]!;
    rest += width * steps.rest[i]!;
    if (steps.tail[i]! > 0) slowInFlight += width;
  }
  const total = tail + rest;
  return { tail, rest, slowInFlight: total > 0 ? slowInFlight / total : 0 };
}

/**
 * The length that most running samples have, in the profile's unit; 0 where nothing ran. A longer one stands for several: readers of begin
 * and end events tell a stack that did not change as one.
 */
export function usualWeight({ samples }: Profile): number {
  const lengths = samples.weight.filter((weight, row) => samples.state[row] === RUNNING && weight > 0).sort();
  return lengths[Math.floor(lengths.length / 2)] ?? 0;
}

/** The {@link Shares} of a grouping of running points. @param usual {@link usualWeight} of their profile */
export function sharesOf(
  points: NodePoints,
  steps: FlightSteps,
  span: Span,
  parent: Int32Array,
  grouping: Grouping,
  usual: number,
): Shares {
  const sums = new OverlapSums(points, steps, span, parent, grouping).at(0);
  const always: FlightSteps = {
    time: Float64Array.of(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY),
    tail: Float64Array.of(1),
    rest: Float64Array.of(0),
  };
  const all = new OverlapSums(points, always, span, parent, grouping).at(0);
  return {
    all: all.tail.map((value) => value / all.tailTotal),
    tail: sums.tail.map((value) => value / sums.tailTotal),
    rest: sums.rest.map((value) => value / sums.restTotal),
    restSamples: sums.rest.map((value) => value / usual),
  };
}

/** The first index whose value is not below `value`. */
export function lowerBound(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
