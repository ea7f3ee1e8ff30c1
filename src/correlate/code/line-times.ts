import { type Frame, type Profile, WAITING } from '../../profile/profile.ts';
import { isUserFrame } from '../../profile/user-code.ts';
import { entityTree } from '../entities.ts';
import { viewWeights } from '../overlap.ts';
import type { Span } from '../shares.ts';
import type { Intervals } from '../tail.ts';
import { chooseWaits } from '../views/chosen-waits.ts';
import type { ViewMaterial } from '../views/view-material.ts';

/** A line of the user's, with what it called that is not theirs, and how long it ran and waited for each request, ms. */
export interface LineTime {
  readonly function: string;
  /** As the profiler gave it. */
  readonly file: string;
  /** 1-based; 0 where it is not known which of the function's. */
  readonly line: number;
  /** Where the function begins, where the profiler says so. */
  readonly declared: number | null;
  /** What stands there, without the space around it; empty where that cannot be read. */
  readonly text: string;
  readonly ran: number;
  readonly waited: number;
  /** Of both together, as chance has it where samples fall: as if each were independent of the others, which understates it. */
  readonly variance: number;
}

/** A profiled run, and the text of source lines, null where it cannot be read. */
export interface CodeRun {
  readonly material: ViewMaterial;
  readonly lineText: (file: string, line: number) => string | null;
}

/** Of which requests times are told: of all, or of the slow ones. Of a sample that several were in flight at each has an equal part. */
export type TimedRequests = 'all' | 'slow';

interface Sum extends Pick<LineTime, 'function' | 'file' | 'line' | 'declared' | 'text'> {
  readonly weights: [ran: number, waited: number];
  squares: number;
}

/**
 * What the user's lines took in several runs of one build, for each request of `which`. A sample counts to the innermost line that is
 * theirs: running or waiting, so that a line that sleeps is seen too; what waits whether or not a request is in flight has no part in them.
 * Null where nothing of it is known: no answer, no times.
 */
export function lineTimes(runs: readonly CodeRun[], which: TimedRequests): LineTime[] | null {
  const sums = new Map<string, Sum>();
  let requests = 0;
  for (const run of runs) requests += addRun(sums, run, which);
  return requests === 0 ? null : [...sums.values()].map((sum) => lineTime(sum, requests));
}

/** @returns how many requests there were */
function addRun(sums: Map<string, Sum>, { material, lineText }: CodeRun, which: TimedRequests): number {
  const { profile, phase } = material;
  const chosen = chooseWaits({ kind: 'slow' }, material);
  if (typeof chosen === 'string' || profile.unit !== 'ms' || !profile.hasTime) return 0;
  const { tail, rest } = viewWeights(profile, chosen.intervals, chosen.tail);
  const inFlight = tail.map((weight, row) => weight + rest[row]!);
  const { entities, innermost } = entityTree(profile, isUserFrame);
  const background = backgroundWaits(profile, innermost, inFlight, chosen.intervals, phase);
  const { stack: stacks, state, thread } = profile.samples;
  const known = new Map<number, Sum>();
  stacks.forEach((stack, row) => {
    const weight = which === 'slow' ? tail[row]! : inFlight[row]!;
    const group = stack < 0 ? -1 : innermost[stack]!;
    if (group < 0 || !(weight > 0)) return;
    if (state[row] === WAITING && background(thread[row]!, group)) return;
    let sum = known.get(group);
    if (sum === undefined) {
      const { frame, line } = entities[group]!;
      sum = sumOf(sums, profile.frames[frame]!, line, lineText);
      known.set(group, sum);
    }
    sum.weights[state[row] as 0 | 1]! += weight;
    sum.squares += weight ** 2;
  });
  return which === 'slow' ? chosen.support.counted : chosen.support.of;
}

/** Of the phase that has to be without a request for waits then to tell anything. */
const LEAST_IDLE = 0.05;
/** A wait is in the background that is this dense beside that while requests are in flight. */
const AS_DENSE = 0.5;
/** Where requests are in flight all the time, a thread that does nothing else, and is there all the time. */
const ALWAYS = 0.95;

interface Waits {
  inFlight: number;
  idle: number;
  /** From its first sample to its last, ms of run time. */
  first: number;
  last: number;
}

/**
 * Which lines threads wait in on their own account, such as for the next job of a queue: those wait longer where requests take longer, and
 * are no reason for it.
 */
function backgroundWaits(
  { samples }: Profile,
  innermost: Int32Array,
  inFlight: Float64Array,
  intervals: Intervals,
  phase: Span,
): (thread: number, group: number) => boolean {
  const waits = new Map<string, Waits>();
  const all = new Map<number, number>();
  samples.stack.forEach((stack, row) => {
    const time = samples.time[row]!;
    const weight = samples.weight[row]!;
    const thread = samples.thread[row]!;
    if (time < phase.start || time >= phase.end) return;
    all.set(thread, (all.get(thread) ?? 0) + weight);
    const group = stack < 0 ? -1 : innermost[stack]!;
    if (group < 0 || samples.state[row] !== WAITING) return;
    const key = `${thread} ${group}`;
    const sum = waits.get(key) ?? { inFlight: 0, idle: 0, first: time, last: time };
    waits.set(key, sum);
    sum.inFlight += inFlight[row]!;
    sum.idle += weight - inFlight[row]!;
    sum.last = time + weight;
  });
  const length = phase.end - phase.start;
  const busy = flightTime(intervals, phase);
  const idle = length - busy;
  return (thread, group) => {
    const wait = waits.get(`${thread} ${group}`);
    if (wait === undefined) return false;
    if (idle >= LEAST_IDLE * length) return wait.idle / idle >= (AS_DENSE * wait.inFlight) / busy;
    const took = wait.inFlight + wait.idle;
    return took >= ALWAYS * all.get(thread)! && wait.last - wait.first >= ALWAYS * length;
  };
}

/** Ms of the phase in which a request was in flight. */
function flightTime({ start, end }: Intervals, phase: Span): number {
  const rows = [...start.keys()].sort((a, b) => start[a]! - start[b]!);
  let [sum, reach] = [0, phase.start];
  for (const row of rows) {
    const to = Math.min(phase.end, end[row]!);
    sum += Math.max(0, to - Math.max(reach, start[row]!));
    reach = Math.max(reach, to);
  }
  return sum;
}

function sumOf(sums: Map<string, Sum>, frame: Frame, line: number, lineText: CodeRun['lineText']): Sum {
  const { function: name, line: declared } = frame;
  const file = frame.file!;
  const key = JSON.stringify([name, file, declared, line]);
  let sum = sums.get(key);
  if (sum === undefined) {
    const text = line > 0 ? (lineText(file, line)?.trim() ?? '') : '';
    sum = { function: name, file, line, declared, text, weights: [0, 0], squares: 0 };
    sums.set(key, sum);
  }
  return sum;
}

function lineTime({ weights, squares, ...line }: Sum, requests: number): LineTime {
  const [ran, waited] = weights;
  return { ...line, ran: ran / requests, waited: waited / requests, variance: squares / requests ** 2 };
}
