import type { Finding } from '../runs/run-document.ts';
import { explainChains } from './chains.ts';
import type { Context, CorrelationInput } from './context.ts';
import { entityPoints, entityTree, hottestLine, ownTree, pointsInGroup } from './entities.ts';
import { type FlightSteps, flightSteps, runningPoints } from './overlap.ts';
import { baseName, lineSentence, opening, subjectOf } from './sentences.ts';
import { type FunctionShare, type LineShare, shareTables } from './share-tables.ts';
import { flightTime, type NodePoints, nodePoints, OverlapSums, sharesOf } from './shares.ts';
import * as significance from './significance.ts';
import { chooseTail, intervalsOf, type Tail } from './tail.ts';
import { waitedFinding } from './waited.ts';

export interface Correlation {
  readonly findings: Finding[];
  /** Why there is no finding, as a sentence; null where there is one. */
  readonly note: string | null;
  /** Ms, and counts. */
  readonly tail: { readonly threshold: number | null; readonly slow: number; readonly stretches: number };
  /** Inclusive shares of everything that ran in the phase, largest tail share first. */
  readonly functions: FunctionShare[];
  readonly lines: LineShare[];
}

const MAX_FINDINGS = 5;
/** An alignment worse than this share of the middle slow request's latency would smear the tail over its neighbours. */
const MAX_CLOCK_ERROR = 0.25;
/** A slow request in flight for more of the time than this leaves no other time to compare with. */
const NO_CONTRAST = 0.95;
/** Above this, finding nothing may be the load's doing. */
const LITTLE_CONTRAST = 0.7;
/** Fewer samples on one side, and its shares say nothing. */
const MIN_SAMPLES = 20;
/** Circular shifts and bootstrap blocks are at least this many latencies long. */
const SEVERAL = 4;

/**
 * Joins a profile with the requests it was taken under: which functions and lines ran more while slow requests were in flight than
 * otherwise, by overlap in time (profiles.md §3).
 */
export function correlate(input: CorrelationInput): Correlation {
  const { profile, phase } = input;
  const plain = intervalsOf(input.requests.start, input.requests.end);
  const intervals = { ...plain, latency: input.requests.latency ?? plain.latency };
  const tail = chooseTail(intervals, input.objectiveLimit);
  const points = nodePoints(profile, runningPoints(profile, phase.start, phase.end));
  const steps = flightSteps(intervals, tail);
  const contrast = flightTime(steps, phase).slowInFlight;
  const tables = profile.hasTime ? shareTables(profile, points, steps, phase) : { functions: [], lines: [] };
  const base = {
    tail: {
      threshold: Number.isNaN(tail.threshold) ? null : tail.threshold,
      slow: tail.slow,
      stretches: tail.stretches,
    },
    ...tables,
  };
  const refusal = refuse(input, tail, middleOf(intervals.latency, tail), contrast);
  if (refusal !== null) return { ...base, findings: [], note: refusal };

  const slowest = intervals.latency.reduce(
    (most, value, row) => (tail.mask[row] === 1 && value > most ? value : most),
    0,
  );
  const context: Context = {
    input,
    tree: entityTree(profile, input.isUserCode),
    points,
    steps,
    minShift: SEVERAL * slowest,
    blockMs: clamp(SEVERAL * tail.threshold, (phase.end - phase.start) / 200, (phase.end - phase.start) / 20),
  };
  const waited = waitedFinding(context);
  const findings = [...(waited === null ? [] : [waited]), ...lineFindings(context)].slice(0, MAX_FINDINGS);
  if (findings.length > 0) return { ...base, findings, note: null };
  return { ...base, findings, note: contrast > LITTLE_CONTRAST ? noContrast(contrast) : NOTHING_FOUND };
}

const NOTHING_FOUND = 'Nothing in the target ran noticeably more during slow requests than otherwise.';

function noContrast(share: number): string {
  return (
    `Cannot tell at this load: a slow request was in flight ${Math.round(share * 100)} % of the time, which leaves too little ` +
    'to compare with. Try a lower rate or fewer users.'
  );
}

/** The middle latency of the slow requests, ms; 0 of none. */
function middleOf(latency: Float64Array, { mask }: Tail): number {
  const slow = latency.filter((_, row) => mask[row] === 1).sort();
  return slow[Math.floor(slow.length / 2)] ?? 0;
}

function refuse(
  { profile, phase, clockErrorMs = 0 }: CorrelationInput,
  tail: Tail,
  middle: number,
  contrast: number,
): string | null {
  if (!profile.hasTime) return 'This profile has no time axis, so it cannot be joined with requests.';
  const { time } = profile.samples;
  if (!time.some((value) => value >= phase.start && value < phase.end)) {
    return 'The profiler took no samples while the load ran.';
  }
  if (tail.slow > 0 && clockErrorMs > MAX_CLOCK_ERROR * middle) {
    return (
      `Cannot tell: the clocks of profile and requests agree only to ${clockErrorMs.toFixed(1)} ms, ` +
      `and half of the slow requests take less than ${middle.toFixed(1)} ms.`
    );
  }
  if (tail.slow < significance.MIN_SLOW) {
    return `Too few slow requests to tell: ${tail.slow}, at least ${significance.MIN_SLOW} are needed. Run longer.`;
  }
  if (contrast > NO_CONTRAST) return noContrast(contrast);
  if (tail.stretches < significance.MIN_STRETCHES) {
    return (
      `Too few slow stretches to tell: the ${tail.slow} slow requests fall into ${tail.stretches} of them, ` +
      `at least ${significance.MIN_STRETCHES} are needed. Run longer.`
    );
  }
  return null;
}

function lineFindings({ input, tree, points, steps, minShift, blockMs }: Context): Finding[] {
  const { profile, phase, seed } = input;
  const atLines = entityPoints(points);
  const shares = sharesOf(atLines, steps, phase, tree.parent, tree.grouping);
  const counted = countSides(points, steps);
  if (counted.tail < MIN_SAMPLES || counted.rest < MIN_SAMPLES) return [];

  const sums = new OverlapSums(atLines, steps, phase, tree.parent, tree.grouping);
  const test = significance.shiftTest(sums, tree.candidates, phase, minShift, seed);
  const difference = shares.tail.map((value, group) => value - shares.rest[group]!);
  const { tail: groupTail, tailTotal, restTotal } = sums.at(0);
  const busy = profile.unit === 'ms' ? Math.min(1, tailTotal / flightTime(steps, phase).tail) : 1;
  const significant = tree.candidates.filter(
    (group) =>
      // Where the target mostly waited, what little ran differs by when in a request it runs; it must matter to the whole wait.
      difference[group]! * busy >= significance.MIN_DIFFERENCE &&
      significance.pValue(test, difference[group]!) <= significance.MAX_P_VALUE,
  );
  if (significant.length === 0) return [];

  const own = ownTree(tree);
  const ownPoints = { ...points, node: points.node.map(own.nodeOf) };
  const ownSums = new OverlapSums(ownPoints, steps, phase, own.parent, own.grouping).at(0);
  const picked = explainChains(
    {
      parent: tree.parent,
      of: tree.grouping.of,
      nodeTail: sums.nodeTail,
      groupTail,
      difference,
      own: ownSums.tail.map((value, group) => value / tailTotal - ownSums.rest[group]! / restTotal),
      significant,
    },
    MAX_FINDINGS,
  );
  return picked.map((group) => {
    const entity = tree.entities[group]!;
    const frame = profile.frames[entity.frame]!;
    const line = entity.line || hottestLine(profile, tree, entity.frame, sums.nodeTail) || frame.line;
    const tailShare = shares.tail[group]!;
    const restShare = shares.rest[group]!;
    const enough = shares.restSamples[group]! >= significance.MIN_REST_SAMPLES && restShare > 0;
    const lift = enough ? tailShare / restShare : null;
    const inGroup = pointsInGroup(tree, atLines, group);
    const subject = opening(subjectOf(frame, entity, line, input.describeFile ?? baseName));
    return {
      kind: 'line',
      function: frame.function,
      file: frame.file,
      line,
      cpuShare: shares.all[group]!,
      tailShare,
      restShare,
      lift,
      interval: significance.differenceInterval(points, inGroup, steps, phase, blockMs, seed, false),
      pValue: significance.pValue(test, difference[group]!),
      sentence: lineSentence(subject, { tailShare, restShare, lift }),
    };
  });
}

/** Samples in the tail and in the rest, each counted as far as it belongs to either. */
function countSides(points: NodePoints, steps: FlightSteps): { tail: number; rest: number } {
  const sides = { tail: 0, rest: 0 };
  let step = 0;
  for (const time of points.time) {
    while (steps.time[step + 1]! <= time) step++;
    sides.tail += steps.tail[step]!;
    sides.rest += steps.rest[step]!;
  }
  return sides;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
