/** How py-spy samples. */
export interface Pace {
  /** Samples a second. */
  readonly rate: number;
  /** Whether the target stands still while it is looked at. */
  readonly blocking: boolean;
}

/** py-spy's own default first. Fewer than ten a second find nothing in the time a run has. */
const RATES = [100, 50, 25, 10];
export const FIRST_PACE: Pace = { rate: RATES[0]!, blocking: true };
/** Looked at without stopping: some stacks are torn, and py-spy leaves those out; its own core is all it takes. */
const NONBLOCKING: Pace = { rate: 50, blocking: false };
/**
 * A target that stands still for more of the time than this is slower by as much: measured with 2 and 40 idle threads beside one that
 * computes, py-spy was busy for 6 and 18 % of the time and the thread did 7 and 14 % less.
 */
const MOST_STOPPED = 0.1;

/**
 * The pace to go on with where py-spy was busy for a share of the time, which is at least the share for which the target stood still:
 * the fastest that stops it for little enough, else one that does not stop it. Null: this one will do.
 */
export function gentlerPace({ rate, blocking }: Pace, busy: number): Pace | null {
  if (!blocking || busy <= MOST_STOPPED) return null;
  const slower = RATES.find((other) => other < rate && (busy * other) / rate <= MOST_STOPPED);
  return slower === undefined ? NONBLOCKING : { rate: slower, blocking: true };
}

/** What was done, for people; null of the pace that is taken where nothing speaks against it. @param busy at the first pace, 0–1 */
export function paceText({ rate, blocking }: Pace, busy: number): string | null {
  if (blocking && rate === FIRST_PACE.rate) return null;
  const why = `at ${FIRST_PACE.rate} samples a second py-spy stopped the target for ${Math.round(busy * 100)} % of the time`;
  return blocking
    ? `The target was sampled ${rate} times a second only: ${why}.`
    : `The target was sampled without being stopped, so that some stacks may be missing: ${why}.`;
}
