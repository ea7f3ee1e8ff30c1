import type { ResolvedPlan } from '../plan/plan.ts';
import { moment, roundedUp } from './figure.ts';

/** From this part of the measured time on an answer's own time shows in the rates. */
const MUCH = 0.1;

/**
 * What the reader has to know where answers take a good part of the measured time and were not under way before it: those of its
 * beginning end late in it and those of its end after it, so every rate is too low. Null where it is not so.
 * @param unloaded ms an answer takes; null unknown @param length of the measured phase, ms
 */
export function longAnswersNote({ warmup }: ResolvedPlan, unloaded: number | null, length: number): string | null {
  if (unloaded === null || unloaded <= MUCH * length || unloaded <= warmup) return null;
  return (
    `Answers take about ${moment(unloaded)}, and ${moment(length)} were measured after ${moment(warmup)} of warm-up: rates count what ` +
    `ended in that time, and are too low. A warm-up of ${roundedUp(unloaded)} or more puts that right.`
  );
}
