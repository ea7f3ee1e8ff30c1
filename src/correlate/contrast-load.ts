import type { Span } from './shares.ts';
import { MIN_SLOW } from './significance.ts';
import type { Intervals, Tail } from './tail.ts';

/** A load under which there is time without a slow request in flight to compare with. */
export interface ContrastLoad {
  /** Requests a second of an open load; null of a closed one. */
  readonly rate: number | null;
  /** Of a closed load; null of an open one. */
  readonly users: number | null;
  /** How long to measure for enough slow requests. */
  readonly seconds: number;
}

/** Of the time another request is in flight a slow one may be beside it for this share. */
const BESIDE = 0.5;
/** Where slow requests take more of all the time that requests take, there is nothing to compare them with at any load. */
const NEARLY_ALL = 0.9;
/** Slow requests to expect: half as many again as are needed. */
const WANTED_SLOW = 1.5 * MIN_SLOW;
/** Nobody waits longer for an answer; and shorter says too little. */
const [SHORTEST_S, LONGEST_S] = [10, 600];

/**
 * The highest load at which another request would have a slow one beside it for half of its time, from the share of requests that are slow
 * and how long they take now; under a lower load they take less, so it errs to the low side. Null where no load would do, or this one is
 * low enough. @param closed whether users who wait make the load
 */
export function contrastLoad({ start, end }: Intervals, tail: Tail, phase: Span, closed: boolean): ContrastLoad | null {
  const count = start.length;
  const seconds = (phase.end - phase.start) / 1000;
  let all = 0;
  let slow = 0;
  for (let row = 0; row < count; row++) {
    const length = (end[row]! - start[row]!) / 1000;
    all += length;
    if (tail.mask[row] === 1) slow += length;
  }
  const share = slow / all;
  if (!(slow > 0 && seconds > 0) || share >= NEARLY_ALL) return null;
  // Every user is slow for that share of the time; of arrivals that wait for nobody, as many are in flight as come while one is.
  const users = 1 + Math.floor(Math.log(1 - BESIDE) / Math.log(1 - share));
  const rate = closed ? (users * count) / all : -Math.log(1 - BESIDE) / (slow / count);
  if (closed ? users >= all / seconds : rate >= count / seconds) return null;
  const lasts = Math.ceil(WANTED_SLOW / ((tail.slow / count) * rate));
  if (lasts > LONGEST_S) return null;
  return {
    rate: closed ? null : twoDigits(rate),
    users: closed ? users : null,
    seconds: Math.max(SHORTEST_S, lasts),
  };
}

function twoDigits(rate: number): number {
  const unit = 10 ** (Math.floor(Math.log10(rate)) - 1);
  return Number((Math.floor(rate / unit) * unit).toPrecision(2));
}

/** `27 requests a second`, `2 users`. */
export function contrastLoadText({ rate, users }: ContrastLoad): string {
  if (users !== null) return users === 1 ? 'one user' : `${users} users`;
  return `${rate} requests a second`;
}
