import { type Profile, WAITING } from '../../profile/profile.ts';
import type { Finding } from '../../runs/run-document.ts';
import { type Activity, idlePoints, seesWaiting } from '../activity.ts';
import { explainChains } from '../chains.ts';
import type { Context } from '../context.ts';
import { type EntityTree, entityPoints, hottestLine, pointsInGroup } from '../entities.ts';
import { pointsOf } from '../overlap.ts';
import { mainRole, roleSentences } from '../roles/role-evidence.ts';
import { runsForRequests } from '../runs-for-requests.ts';
import { baseName, subjectOf, waitedAnywaySentence, waitedInSentence, waitedSentence } from '../sentences.ts';
import { flightTime, type NodePoints, nodePoints, OverlapSums, pickPoints, type Span } from '../shares.ts';
import * as significance from '../significance.ts';
import { headOfLineSentence } from './head-of-line.ts';

/** Least share of the time slow requests were in flight, and least difference to the rest, worth a sentence about waiting. */
const MIN_WAITED = 0.5;
const MIN_WAITED_DIFFERENCE = 0.1;
/** Where nothing ran for this share of the time, slow requests waited, whatever the others did. */
const WAITED_ANYWAY = 0.8;
/** That is worth saying where they took this many times as long as the others, and this long (ms): shorter waits are the network's. */
const MUCH_LONGER = 2;
const LONG_MS = 10;
/** Places named at most: of a lock, where it is held and where it is waited for. */
const MAX_PLACES = 2;
/** Width of the bins in which threads that wait at the same line count once, ms. */
const BIN_MS = 5;

/**
 * Whether the target waited while slow requests were in flight: much more than otherwise, in user code that a thread stood still in,
 * or, where no stack says so (a suspended coroutine has none), in that nothing ran at all; or for nearly all of the time, though others
 * waited as well. Shares are of the time slow, and other, requests were in flight, and are held to the same test by circular shifts.
 */
export function waitedFindings(context: Context, activity: Activity | null): Finding[] {
  const { input, tree, steps, minShift } = context;
  const { profile, phase, seed } = input;
  if (activity === null || !seesWaiting(profile)) return [];
  const waiting = waitingPoints(profile, tree, phase);
  const idleNode = tree.parent.length;
  const idleGroup = tree.entities.length;
  const points = mergePoints(entityPoints(waiting), idlePoints(profile, phase, idleNode));
  const parent = Int32Array.from([...tree.parent, -1]);
  const grouping = { count: idleGroup + 1, of: Int32Array.from([...tree.grouping.of, idleGroup]) };
  const sums = new OverlapSums(points, steps, phase, parent, grouping);
  const totals = flightTime(steps, phase);

  const candidates = [...tree.candidates, idleGroup];
  const { tail, rest } = sums.at(0);
  const nodeTail = Float64Array.from(sums.nodeTail);
  const difference = tail.map((value, group) => value / totals.tail - rest[group]! / totals.rest);
  const mayCount = (group: number): boolean =>
    tail[group]! / totals.tail >= MIN_WAITED && difference[group]! >= MIN_WAITED_DIFFERENCE;
  const anyway = waitedAnyway(activity) && runsForRequests(context);
  const may = candidates.filter(mayCount);
  if (may.length === 0 && !anyway) return [];
  const test =
    may.length === 0
      ? null
      : significance.shiftTest(
          (shift) => significance.largestDifference(sums.at(shift), candidates, totals),
          phase,
          minShift,
          seed,
        );
  const pValue = (group: number): number | null =>
    test === null ? null : significance.pValue(test, difference[group]!);
  const intervalOf = (group: number): [number, number] | null => {
    const inGroup =
      group === idleGroup
        ? Uint8Array.from(points.node, (node) => Number(node === idleNode))
        : pointsInGroup({ ...tree, parent, grouping }, points, group);
    return significance.differenceInterval(points, inGroup, steps, phase, context.blockMs, seed, true);
  };
  const unlikely = may.filter((group) => (pValue(group) ?? 1) <= significance.MAX_P_VALUE);
  const intervals = new Map(unlikely.map((group) => [group, intervalOf(group)]));
  const significant = unlikely.filter((group) => significance.isMore(intervals.get(group) ?? null));
  const named = significant.filter((group) => group !== idleGroup);
  const picked = explainChains(
    { parent, of: grouping.of, nodeTail, groupTail: tail, difference, own: difference, significant: named },
    MAX_PLACES,
  );
  const findingOf = (group: number): Finding => {
    // Threads that wait at different lines of a function count each, which would make more than all of the time.
    const tailShare = Math.min(1, tail[group]! / totals.tail);
    const restShare = Math.min(1, rest[group]! / totals.rest);
    const numbers = { tailShare, restShare, lift: null };
    const common = {
      kind: 'waited' as const,
      cpuShare: null,
      ...numbers,
      interval: intervals.get(group) ?? intervalOf(group),
      pValue: significant.includes(group) ? pValue(group) : null,
    };
    const entity = tree.entities[group];
    if (entity === undefined) {
      const sentence = significant.includes(idleGroup)
        ? waitedSentence(numbers, context.slow)
        : waitedAnywaySentence(activity, context.slow);
      return { ...common, function: null, file: null, line: null, sentence, evidence: [] };
    }
    const frame = profile.frames[entity.frame]!;
    const line = entity.line || hottestLine(profile, tree, entity.frame, nodeTail) || frame.line;
    const subject = subjectOf(frame, entity, line, input.describeFile ?? baseName);
    const role = mainRole(context, entity, waiting);
    return {
      ...common,
      function: frame.function,
      file: frame.file,
      line,
      sentence: waitedInSentence(subject, numbers, context.slow),
      evidence: [
        ...(role === null ? [] : roleSentences(role, totals, 'the time', context.slow)),
        headOfLineSentence(context, entity, WAITING),
      ],
    };
  };
  const placeless = significant.includes(idleGroup) || anyway ? [idleGroup] : [];
  return (picked.length > 0 ? picked : placeless).map(findingOf);
}

function waitedAnyway({ tail, slowMs, otherMs }: Activity): boolean {
  return tail <= 1 - WAITED_ANYWAY && slowMs >= LONG_MS && slowMs >= MUCH_LONGER * otherMs;
}

/** What waited in user code. Threads that wait at one line at a time count once: how many wait there says how many there are. */
function waitingPoints(profile: Profile, tree: EntityTree, phase: Span): NodePoints {
  const found = pointsOf(profile, WAITING, phase.start, phase.end);
  const all = nodePoints(profile, found);
  const rows = [...all.node.keys()].filter((row) => tree.innermost[all.node[row]!]! >= 0);
  const keyOf = (row: number): number =>
    Math.floor((all.time[row]! - phase.start) / BIN_MS) * tree.entities.length + tree.innermost[all.node[row]!]!;
  const threads = new Map<number, Set<number>>();
  for (const row of rows) {
    const key = keyOf(row);
    const thread = profile.samples.thread[found.sample[row]!]!;
    const known = threads.get(key);
    if (known === undefined) threads.set(key, new Set([thread]));
    else known.add(thread);
  }
  return {
    time: Float64Array.from(rows, (row) => all.time[row]!),
    node: Int32Array.from(rows, (row) => all.node[row]!),
    weight: Float64Array.from(rows, (row) => all.weight[row]! / threads.get(keyOf(row))!.size),
  };
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
