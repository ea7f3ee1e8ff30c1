/** How fast the number of requests under way grew, requests a second, with its 95 % interval. */
export interface Growth {
  readonly slope: number;
  readonly interval: readonly [number, number];
}

/** Times of requests, ms; an end that never came is NaN or infinite. */
export interface UnderWay {
  readonly intended: Float64Array;
  readonly end: Float64Array;
}

export const GROWTH_BLOCKS = 12;
/** Student's t for 95 % with `GROWTH_BLOCKS` − 2 degrees of freedom. */
const STUDENT = 2.228;

/**
 * The slope of the requests under way over time between two moments: a line through the mean of each of twelve blocks, counted from the
 * intended start, so that a queue shows wherever it stands: in the server, before it, or here. Null where the time is nothing.
 */
export function growthOf({ intended, end }: UnderWay, from: number, to: number): Growth | null {
  if (!(to > from)) return null;
  const means = meansUnderWay({ intended, end }, from, to);
  const width = (to - from) / GROWTH_BLOCKS / 1000;
  const middle = (GROWTH_BLOCKS - 1) / 2;
  const mean = means.reduce((sum, value) => sum + value, 0) / GROWTH_BLOCKS;
  let [squares, products] = [0, 0];
  means.forEach((value, index) => {
    squares += ((index - middle) * width) ** 2;
    products += (index - middle) * width * (value - mean);
  });
  const slope = products / squares;
  const rest = means.map((value, index) => value - mean - slope * (index - middle) * width);
  const spread = rest.reduce((sum, value) => sum + value ** 2, 0) / (GROWTH_BLOCKS - 2);
  const error = STUDENT * Math.sqrt((spread * correlationFactor(rest)) / squares);
  return { slope, interval: [slope - error, slope + error] };
}

/** What neighbouring blocks have in common makes the slope less sure: (1 + r) / (1 − r) of an autoregressive series. */
function correlationFactor(rest: readonly number[]): number {
  const total = rest.reduce((sum, value) => sum + value ** 2, 0);
  const shared = rest.reduce((sum, value, index) => sum + value * (rest[index + 1] ?? 0), 0);
  const r = total > 0 ? Math.min(0.8, Math.max(0, shared / total)) : 0;
  return (1 + r) / (1 - r);
}

function meansUnderWay({ intended, end }: UnderWay, from: number, to: number): number[] {
  const width = (to - from) / GROWTH_BLOCKS;
  const sums = new Array<number>(GROWTH_BLOCKS).fill(0);
  for (let row = 0; row < intended.length; row++) {
    const begun = Math.max(from, intended[row]!);
    const until = Math.min(to, Number.isNaN(end[row]!) ? to : end[row]!);
    for (let block = Math.floor((begun - from) / width); block < GROWTH_BLOCKS; block++) {
      const start = from + block * width;
      if (start >= until) break;
      sums[block]! += Math.max(0, Math.min(until, start + width) - Math.max(begun, start));
    }
  }
  return sums.map((sum) => sum / width);
}

/** Growth below this share of what is asked for is too little to matter, however sure it is. */
const MATTERS = 0.01;
/** What may be growth is none where it is surely below this share of what is asked for, or comes to hardly a request. */
const TOLERATED = 0.02;
const HARDLY = 2;

/**
 * Whether requests pile up (true), do not (false), or it cannot be told.
 * @param rate requests a second that were asked for @param seconds for how long
 */
export function pilesUp({ interval: [low, high] }: Growth, rate: number, seconds: number): boolean | null {
  if (low > MATTERS * rate && low * seconds > HARDLY) return true;
  return high < TOLERATED * rate || high * seconds < HARDLY ? false : null;
}
