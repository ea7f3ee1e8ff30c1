import { RUNNING } from '../profile/profile.ts';
import type { Finding } from '../runs/run-document.ts';
import { explainChains } from './chains.ts';
import type { Context } from './context.ts';
import { entityPoints, hottestLine, ownTree, pointsInGroup } from './entities.ts';
import { type FlightSteps, forEachShare } from './overlap.ts';
import { callName, mainRole, roleSentences } from './roles/role-evidence.ts';
import { mostlyAt, roleGroups } from './roles/role-groups.ts';
import { baseName, type FindingNumbers, lineSentence, opening, roleSentence, subjectOf } from './sentences.ts';
import { flightTime, keepPoints, type NodePoints, OverlapSums, type Shares, sharesOf, usualWeight } from './shares.ts';
import * as significance from './significance.ts';
import { headOfLineSentence } from './waits/head-of-line.ts';

interface Numbers extends FindingNumbers {
  readonly cpuShare: number;
  readonly interval: [number, number] | null;
  readonly pValue: number;
}

/** Fewer samples under slow requests, or under the others, and their shares say nothing. */
const MIN_SAMPLES = { tail: 20, rest: 10 };

/**
 * Lines of user code, and roles of library code that none of them called, that ran for a larger share of the busy time while slow requests
 * were in flight than otherwise. All of them are held to one test, by circular shifts. @param waited whether slow requests were seen to wait
 */
export function lineFindings(context: Context, waited: boolean, limit: number): Finding[] {
  const { input, tree, points, steps, minShift } = context;
  const { profile, phase, seed } = input;
  const usual = usualWeight(profile);
  const counted = countSides(points, steps, usual);
  if (counted.tail < MIN_SAMPLES.tail || counted.rest < MIN_SAMPLES.rest) return [];
  const atLines = entityPoints(points);
  const roles = roleGroups(profile, tree);
  const atRoles = { ...points, node: points.node.map((stack) => roles.nodeOf[stack]!) };
  const sums = new OverlapSums(atLines, steps, phase, tree.parent, tree.grouping);
  const inRoles = keepPoints(atRoles, (node) => node < roles.roles.length);
  const roleSums = new OverlapSums(inRoles, steps, phase, roles.parent, roles.grouping);
  const roleCandidates = [...roles.roles.keys()];
  const test = significance.shiftTest(
    (shift) => {
      const at = sums.at(shift);
      const totals = { tail: at.tailTotal, rest: at.restTotal };
      const exactness = significance.exactness(totals);
      if (exactness === 0) return 0;
      return (
        exactness *
        Math.max(
          significance.largestDifference(at, tree.candidates, totals),
          significance.largestDifference(roleSums.at(shift), roleCandidates, totals),
        )
      );
    },
    phase,
    minShift,
    seed,
  );
  const shares = sharesOf(atLines, steps, phase, tree.parent, tree.grouping, usual);
  const roleShares = sharesOf(atRoles, steps, phase, roles.parent, roles.grouping, usual);
  const { tail: groupTail, tailTotal, restTotal } = sums.at(0);
  const exactness = significance.exactness({ tail: tailTotal, rest: restTotal });
  const pValue = (difference: number): number => significance.pValue(test, difference * exactness);
  const time = flightTime(steps, phase);
  const busy = profile.unit === 'ms' ? { tail: tailTotal / time.tail, rest: restTotal / time.rest } : null;
  const stands = ({ tail, rest }: Shares, group: number): boolean => {
    const difference = tail[group]! - rest[group]!;
    // Where the target mostly waited, what little ran differs by when in a request it runs; it must matter to the whole wait.
    if (difference * Math.min(1, busy?.tail ?? 1) < significance.MIN_DIFFERENCE) return false;
    if (waited && busy !== null) {
      const more = tail[group]! * busy.tail - rest[group]! * busy.rest;
      if (more < significance.MIN_BESIDE_WAIT) return false;
    }
    return pValue(difference) <= significance.MAX_P_VALUE;
  };
  const significant = tree.candidates.filter((group) => stands(shares, group));
  const significantRoles = roleCandidates.filter((group) => stands(roleShares, group));

  const own = ownTree(tree);
  const ownPoints = { ...points, node: points.node.map(own.nodeOf) };
  const ownSums = new OverlapSums(ownPoints, steps, phase, own.parent, own.grouping).at(0);
  const difference = shares.tail.map((value, group) => value - shares.rest[group]!);
  const { nodeTail } = sums;
  const picked = explainChains(
    {
      parent: tree.parent,
      of: tree.grouping.of,
      nodeTail,
      groupTail,
      difference,
      own: ownSums.tail.map((value, group) => value / tailTotal - ownSums.rest[group]! / restTotal),
      significant,
    },
    limit,
  );
  const numbersOf = (from: Shares, group: number, inGroup: Uint8Array): Numbers => {
    const [tailShare, restShare] = [from.tail[group]!, from.rest[group]!];
    return {
      cpuShare: from.all[group]!,
      tailShare,
      restShare,
      lift: significance.liftOf(tailShare, restShare, from.restSamples[group]!),
      interval: significance.differenceInterval(points, inGroup, steps, phase, context.blockMs, seed, false),
      pValue: pValue(tailShare - restShare),
    };
  };
  const lines = picked.map((group): Finding => {
    const entity = tree.entities[group]!;
    const frame = profile.frames[entity.frame]!;
    const line = entity.line || hottestLine(profile, tree, entity.frame, nodeTail) || frame.line;
    const numbers = numbersOf(shares, group, pointsInGroup(tree, atLines, group));
    const subject = opening(subjectOf(frame, entity, line, input.describeFile ?? baseName));
    const role = mainRole(context, entity, points);
    const totals = { tail: tailTotal, rest: restTotal };
    return {
      kind: 'line',
      function: frame.function,
      file: frame.file,
      line,
      ...numbers,
      sentence: lineSentence(subject, numbers, context.slow),
      evidence: [
        ...(role === null ? [] : roleSentences(role, totals, 'the busy time', context.slow)),
        ...(profile.unit === 'ms' ? [headOfLineSentence(context, entity, RUNNING)] : []),
      ],
    };
  });
  const ofRoles = significantRoles.map((group): Finding => {
    const role = roles.roles[group]!;
    const at = mostlyAt(roles, group, points);
    const frame = profile.frames[profile.stacks.frame[at]!]!;
    const line = profile.stacks.line[at]! || frame.line;
    const inGroup = Uint8Array.from(atRoles.node, (node) => Number(node === group));
    const numbers = numbersOf(roleShares, group, inGroup);
    return {
      kind: frame.file === null ? 'resource' : 'line',
      function: frame.function,
      file: frame.file,
      line,
      ...numbers,
      sentence: roleSentence(role.words, callName(frame), numbers, context.slow),
      evidence: role.remedy === null ? [] : [`Often helped by ${role.remedy}.`],
    };
  });
  return [...lines, ...ofRoles].filter(({ interval }) => significance.isMore(interval ?? null));
}

/** Samples in the tail and in the rest, each as far as it belongs to either, and a long one as many of the usual length. */
function countSides(points: NodePoints, steps: FlightSteps, usual: number): { tail: number; rest: number } {
  const sides = { tail: 0, rest: 0 };
  if (usual === 0) return sides;
  forEachShare(points, steps, (_, tail, rest) => {
    sides.tail += tail / usual;
    sides.rest += rest / usual;
  });
  return sides;
}
