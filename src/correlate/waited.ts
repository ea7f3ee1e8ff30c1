import { type Profile, RUNNING, WAITING } from '../profile/profile.ts';
import type { Finding } from '../runs/run-document.ts';
import { explainChains } from './chains.ts';
import type { Context } from './context.ts';
import { entityPoints, hottestLine, pointsInGroup } from './entities.ts';
import { pointsOf } from './overlap.ts';
import { baseName, subjectOf, waitedInSentence, waitedSentence } from './sentences.ts';
import { flightTime, type NodePoints, nodePoints, OverlapSums, type Span } from './shares.ts';
import * as significance from './significance.ts';

/** Least share of the time slow requests were in flight, and least difference to the rest, worth a sentence about waiting. */
const MIN_WAITED = 0.5;
const MIN_WAITED_DIFFERENCE = 0.1;
/** Width of the bins in which the target ran or did not, ms. */
const BIN_MS = 5;

/**
 * Whether the target waited while slow requests were in flight, much more than otherwise: in user code that a thread stood still in,
 * or, where no stack says so (a suspended coroutine has none), in that nothing ran at all. Shares are of the time slow, and other,
 * requests were in flight, and are held to the same test by circular shifts.
 */
export function waitedFinding(context: Context): Finding | null {
  const { input, tree, steps, minShift, blockMs } = context;
  const { profile, phase, seed } = input;
  // Only durations tell for how long nothing ran, and only a profiler that sees waiting threads can tell idle from not sampled.
  if (profile.unit !== 'ms' || !profile.samples.state.includes(WAITING)) return null;
  const waiting = nodePoints(profile, pointsOf(profile, WAITING, phase.start, phase.end));
  const stoodInUserCode = keepPoints(waiting, (node) => tree.innermost[node]! >= 0);
  const idleNode = tree.parent.length;
  const idleGroup = tree.entities.length;
  const points = mergePoints(entityPoints(stoodInUserCode), idlePoints(profile, phase, idleNode));
  const parent = Int32Array.from([...tree.parent, -1]);
  const grouping = { count: idleGroup + 1, of: Int32Array.from([...tree.grouping.of, idleGroup]) };
  const sums = new OverlapSums(points, steps, phase, parent, grouping);
  const totals = flightTime(steps, phase);
  if (!(totals.tail > 0 && totals.rest > 0)) return null;

  const candidates = [...tree.candidates, idleGroup];
  const { tail, rest } = sums.at(0);
  const nodeTail = Float64Array.from(sums.nodeTail);
  const difference = tail.map((value, group) => value / totals.tail - rest[group]! / totals.rest);
  const mayCount = (group: number): boolean =>
    tail[group]! / totals.tail >= MIN_WAITED && difference[group]! >= MIN_WAITED_DIFFERENCE;
  if (!candidates.some(mayCount)) return null;
  const test = significance.shiftTest(sums, candidates, phase, minShift, seed, totals);
  const significant = candidates.filter(
    (group) => mayCount(group) && significance.pValue(test, difference[group]!) <= significance.MAX_P_VALUE,
  );
  const named = significant.filter((group) => group !== idleGroup);
  const [picked] = explainChains(
    { parent, of: grouping.of, nodeTail, groupTail: tail, difference, own: difference, significant: named },
    1,
  );
  const group = picked ?? significant[0];
  if (group === undefined) return null;

  // Several threads can wait at once, which would make more than all of the time.
  const tailShare = Math.min(1, tail[group]! / totals.tail);
  const restShare = Math.min(1, rest[group]! / totals.rest);
  const numbers = { tailShare, restShare, lift: null };
  const inGroup =
    group === idleGroup
      ? Uint8Array.from(points.node, (node) => Number(node === idleNode))
      : pointsInGroup({ ...tree, parent, grouping }, points, group);
  const common = {
    kind: 'waited' as const,
    cpuShare: null,
    ...numbers,
    interval: significance.differenceInterval(points, inGroup, steps, phase, blockMs, seed, true),
    pValue: significance.pValue(test, difference[group]!),
  };
  const entity = tree.entities[group];
  if (entity === undefined)
    return { ...common, function: null, file: null, line: null, sentence: waitedSentence(numbers) };
  const frame = profile.frames[entity.frame]!;
  const line = entity.line || hottestLine(profile, tree, entity.frame, nodeTail) || frame.line;
  const subject = subjectOf(frame, entity, line, input.describeFile ?? baseName);
  return {
    ...common,
    function: frame.function,
    file: frame.file,
    line,
    sentence: waitedInSentence(subject, numbers),
  };
}

/** The time in which no thread ran, as a point in the middle of every bin of the phase, all at `node`. */
function idlePoints(profile: Profile, phase: Span, node: number): NodePoints {
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

function keepPoints(points: NodePoints, keep: (node: number) => boolean): NodePoints {
  const rows = [...points.node.keys()].filter((row) => keep(points.node[row]!));
  return pickPoints(points, rows);
}

function mergePoints(a: NodePoints, b: NodePoints): NodePoints {
  const all = {
    time: Float64Array.from([...a.time, ...b.time]),
    node: Int32Array.from([...a.node, ...b.node]),
    weight: Float64Array.from([...a.weight, ...b.weight]),
  };
  const rows = [...all.time.keys()].sort((x, y) => all.time[x]! - all.time[y]!);
  return pickPoints(all, rows);
}

function pickPoints(points: NodePoints, rows: readonly number[]): NodePoints {
  return {
    time: Float64Array.from(rows, (row) => points.time[row]!),
    node: Int32Array.from(rows, (row) => points.node[row]!),
    weight: Float64Array.from(rows, (row) => points.weight[row]!),
  };
}
