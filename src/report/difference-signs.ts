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

/** A path differs where it does by this share of itself, and by this share of the whole run: below it is chance. */
const LEAST_OF_ITSELF = 0.1;
const LEAST_OF_ALL = 0.01;

/** The sign of a path, null where it took as much in both. @param all the larger total of both runs, in the same unit */
export function signOf(now: number, before: number, all: number): Sign | null {
  if (!(now > 0)) return before > 0 ? '✕' : null;
  if (!(before > 0)) return '✚';
  const least = Math.max(LEAST_OF_ITSELF * Math.max(now, before), LEAST_OF_ALL * all);
  if (Math.abs(now - before) < least) return null;
  return now > before ? '▲' : '▼';
}
