/**
 * What stands before the name of a path in a difference. In the order of their characters: names that begin with them come behind all
 * others and in this order, which is how the flame graph finds their colours.
 */
export const SIGNS = ['▲', '▼', '✕', '✚'] as const;
export type Sign = (typeof SIGNS)[number];

/** What the signs mean, for people. */
export const SIGN_WORDS: Readonly<Record<Sign, string>> = {
  '▲': 'more',
  '▼': 'less',
  '✕': 'gone',
  '✚': 'new',
};

/** A path that is in both runs differs by this share of itself, and by this share of the whole run, or is the same. */
const LEAST_OF_ITSELF = 0.1;
const LEAST_OF_ALL = 0.01;
/** Nothing differs by less than so many standard deviations: there are many paths to be taken in by. */
const DEVIATIONS = 3;

/** The sign of any difference, however small; null where there is none. */
export function signOf(now: number, before: number): Sign | null {
  if (now === before) return null;
  if (!(now > 0)) return '✕';
  if (!(before > 0)) return '✚';
  return now > before ? '▲' : '▼';
}

/**
 * The sign of a path, null where it took as much in both, as far as can be told.
 * @param variance of now − before @param all the larger total of both runs, in the same unit
 */
export function clearSign(now: number, before: number, variance: number, all: number): Sign | null {
  const difference = Math.abs(now - before);
  if (difference < DEVIATIONS * Math.sqrt(variance)) return null;
  const sign = signOf(now, before);
  if (sign === '✕' || sign === '✚') return sign;
  return difference < Math.max(LEAST_OF_ITSELF * Math.max(now, before), LEAST_OF_ALL * all) ? null : sign;
}
