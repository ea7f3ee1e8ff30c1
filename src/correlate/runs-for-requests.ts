import type { Context } from './context.ts';
import type { FlightSteps } from './overlap.ts';
import { flightTime, OverlapSums } from './shares.ts';
import * as significance from './significance.ts';

/**
 * Whether the target ran more while requests were in flight than while none was, more than chance would have it by circular shifts. Where
 * it did not, what ran has nothing to do with the requests, or the profile's clock is another: that little ran during some requests then
 * says nothing of them.
 */
export function runsForRequests({
  input,
  points,
  steps,
  minShift,
}: Pick<Context, 'input' | 'points' | 'steps' | 'minShift'>): boolean {
  const { profile, phase, seed } = input;
  const any = steps.tail.map((slow, index) => slow + steps.rest[index]!);
  const inFlight: FlightSteps = { time: steps.time, tail: any, rest: any.map((share) => 1 - share) };
  const time = flightTime(inFlight, phase);
  if (!(time.tail > 0 && time.rest > 0)) return false;
  const noGroups = { count: 0, of: new Int32Array(profile.stacks.parent.length).fill(-1) };
  const sums = new OverlapSums(points, inFlight, phase, profile.stacks.parent, noGroups);
  const difference = (shift: number): number => {
    const { tailTotal, restTotal } = sums.at(shift);
    return tailTotal / time.tail - restTotal / time.rest;
  };
  const test = significance.shiftTest(difference, phase, minShift, seed);
  return significance.pValue(test, difference(0)) <= significance.MAX_P_VALUE;
}
