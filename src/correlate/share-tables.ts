import type { Frame, Profile } from '../profile/profile.ts';
import { flightSteps, runningPoints } from './overlap.ts';
import { functionGrouping, lineGrouping, nodePoints, type Span, sharesOf, usualWeight } from './shares.ts';
import { liftOf } from './significance.ts';
import { chooseTail, type Intervals } from './tail.ts';

/** Shares of the busy time, 0–1: of all, of slow requests (T), of others (R); null where that time is nothing. */
export interface ShareNumbers {
  readonly cpu: number | null;
  readonly tail: number | null;
  readonly rest: number | null;
  /** T/R; null where unknown. */
  readonly lift: number | null;
}
export interface FunctionShare extends ShareNumbers {
  readonly frame: Frame;
}
export interface LineShare extends ShareNumbers {
  readonly file: string;
  readonly line: number;
}

/** Inclusive shares of what ran in a phase, largest tail share first. */
export interface ShareTables {
  readonly functions: FunctionShare[];
  readonly lines: LineShare[];
}

/** The {@link ShareTables} of a profile under requests, for who shows them without testing them. */
export function requestShares(
  profile: Profile,
  intervals: Intervals,
  phase: Span,
  objectiveLimit: number | null,
): ShareTables {
  const steps = flightSteps(intervals, chooseTail(intervals, objectiveLimit ?? undefined));
  const points = nodePoints(profile, runningPoints(profile, phase.start, phase.end));
  const { parent } = profile.stacks;
  const usual = usualWeight(profile);
  const byFunction = sharesOf(points, steps, phase, parent, functionGrouping(profile), usual);
  const { grouping, lines } = lineGrouping(profile);
  const byLine = sharesOf(points, steps, phase, parent, grouping, usual);
  const known = (value: number): number | null => (Number.isNaN(value) ? null : value);
  const numbers = (shares: typeof byLine, group: number): ShareNumbers => ({
    cpu: known(shares.all[group]!),
    tail: known(shares.tail[group]!),
    rest: known(shares.rest[group]!),
    lift: liftOf(shares.tail[group]!, shares.rest[group]!, shares.restSamples[group]!),
  });
  const ran = (share: ShareNumbers): boolean => (share.cpu ?? 0) > 0;
  const order = (a: ShareNumbers, b: ShareNumbers): number => (b.tail ?? 0) - (a.tail ?? 0);
  return {
    functions: profile.frames
      .map((frame, group) => ({ frame, ...numbers(byFunction, group) }))
      .filter(ran)
      .sort(order),
    lines: lines
      .map((line, group) => ({ ...line, ...numbers(byLine, group) }))
      .filter(ran)
      .sort(order),
  };
}
