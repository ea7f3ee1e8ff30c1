import type { NextProbe } from './level-search.ts';

/** What there is to plan with. Seconds. */
export interface TimeLeft {
  readonly left: number;
  /** What a probe takes besides its measured time. */
  readonly overhead: number;
  /** Probes that narrowed the band so far. */
  readonly narrowing: number;
  /** Answers that the objectives need before they can be told. */
  readonly support: number;
  /** Answers a second to be expected. */
  readonly rate: number;
}

/** With so many probes a band is usually narrow enough; each gets its part of the time that is left. */
const USUAL = 6;
const LEAST_AT_END = 2;
const SHORTEST = 2;
const LONGEST = 120;
/** More than the support, because arrivals come by chance. */
const SPARE = 1.2;
const BRACKET_SHARE = 1 / 3;

/** How long to measure, in seconds; null where what is left is too little to learn anything from. */
export function probeLength(
  purpose: NextProbe['purpose'],
  { left, overhead, narrowing, support, rate }: TimeLeft,
): number | null {
  const needed = Math.max(SHORTEST, (support * SPARE) / rate);
  const share = left / Math.max(LEAST_AT_END, USUAL - narrowing) - overhead;
  const wanted = purpose === 'bracket' ? Math.max(needed, Math.min(3, left * BRACKET_SHARE)) : Math.max(needed, share);
  const seconds = Math.min(wanted, LONGEST, left - overhead);
  return seconds >= Math.min(needed, Math.max(SHORTEST, support / rate)) ? seconds : null;
}
