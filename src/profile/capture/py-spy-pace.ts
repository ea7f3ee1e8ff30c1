/** How py-spy samples. */
export interface Pace {
  /** Samples a second. */
  readonly rate: number;
  /** Whether the target stands still while it is looked at. */
  readonly blocking: boolean;
}

/** py-spy's own default first. With fewer than the second most slow requests would have no sample at all, or a single one. */
const RATES = [100, 50];
export const FIRST_PACE: Pace = { rate: RATES[0]!, blocking: true };
/** Looked at without stopping: of a generator that runs in short turns the callers are missing in half of the samples. */
const NONBLOCKING: Pace = { rate: 50, blocking: false };
/**
 * The target is slower by one to two times the share of a core that py-spy takes where it stops it: measured at 5 % (FastAPI with
 * scikit-learn, p99 8 % longer on a quiet machine, 14 to 18 % on a busy one), 6 and 18 % (2 and 40 idle threads beside one that computes,
 * which did 7 and 14 % less). Without stopping nothing was to be measured.
 */
const MOST_BUSY = 0.04;
/** Native frames can only be told of a target that stands still. */
const SLOWEST_NATIVE: Pace = { rate: 25, blocking: true };

/**
 * The pace to go on with where py-spy takes a share of a core: the fastest that disturbs the target little enough, else one that does not
 * stop it. Null: this one will do. @param native whether native frames are wanted
 */
export function gentlerPace({ rate, blocking }: Pace, busy: number, native: boolean): Pace | null {
  if (!blocking || busy <= MOST_BUSY || rate === SLOWEST_NATIVE.rate) return null;
  const slower = RATES.find((other) => other < rate && (busy * other) / rate <= MOST_BUSY);
  return slower === undefined ? (native ? SLOWEST_NATIVE : NONBLOCKING) : { rate: slower, blocking: true };
}

/** What was done, for people; null of the pace that is taken where nothing speaks against it. @param busy at the first pace, 0–1 */
export function paceText({ rate, blocking }: Pace, busy: number): string | null {
  if (blocking && rate === FIRST_PACE.rate) return null;
  const how = blocking
    ? `The target was sampled ${rate} times a second, not ${FIRST_PACE.rate}`
    : `The target was sampled ${rate} times a second without being stopped, so that callers may be missing`;
  return `${how}: at ${FIRST_PACE.rate} py-spy took ${Math.round(busy * 100)} % of a core, and about as much of the target's time.`;
}
