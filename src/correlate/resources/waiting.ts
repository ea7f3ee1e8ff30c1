import type { Span } from '../shares.ts';
import { QUICK, type RequestWindow, type RequestWindows } from './request-windows.ts';

/** When requests waited for something in one phase, and when they did not. */
export interface Waiting {
  /** The whole phase. */
  readonly all: readonly Span[];
  /** Stretches in which even quick requests took far longer than they do alone. */
  readonly waited: readonly Span[];
  readonly calm: readonly Span[];
  /** Whether they waited for enough of the time to ask for what. */
  readonly didWait: boolean;
  /** Ms a request takes when no other is in its way; null unknown. */
  readonly alone: number | null;
  /** Ms the typical request took while requests waited, and while they did not; null where there was no such time. */
  readonly typicalWaited: number | null;
  readonly typicalCalm: number | null;
  /** While they waited, else in the whole phase: requests with the target in the mean, those that waited for a connection of the load, and answers a second. */
  readonly withTarget: number;
  readonly unsent: number;
  readonly rate: number;
  /** How many the target works on at once, by Little's law: answers a second × the time of one alone. Null unknown, as of streams. */
  readonly atOnce: number | null;
}

/** So many times as long as alone is waiting; less is what chance, and what differs between requests, make of it. */
const LONGER = 2;
/** Of the phase. */
const LEAST_WAITED = 0.1;
/** One at a time, in the mean; a closed loop of one user is never above. */
const ALONE = 1.02;
const FEWEST_ALONE = 20;
const FAST = 0.1;

/** @param preflight ms of the one request before the load; NaN unknown */
export function waitingOf(requests: RequestWindows, preflight: number): Waiting {
  const windows = requests.windows();
  const { typical: alone, quick } = timeAlone(requests, windows, preflight);
  const waits = windows.map((window) => hasWaited(window, quick));
  const used = windows.map(({ withTarget, answered }) => withTarget > 0 || answered > 0);
  const [waited, calm] = [true, false].map((kind) =>
    windows.filter((_, index) => used[index] && waits[index] === kind),
  );
  const didWait = waited!.length > 0 && waited!.length >= LEAST_WAITED * used.filter(Boolean).length;
  const focus = didWait ? waited! : windows;
  const seconds = focus.reduce((sum, { start, end }) => sum + end - start, 0) / 1000;
  const rate = seconds > 0 ? focus.reduce((sum, { answered }) => sum + answered, 0) / seconds : 0;
  return {
    all: windows,
    waited: didWait ? waited! : [],
    calm: calm!,
    didWait,
    alone,
    typicalWaited: didWait ? requests.latency(0.5, (index) => waits[index] === true) : null,
    typicalCalm: calm!.length > 0 ? requests.latency(0.5, (index) => waits[index] === false) : null,
    withTarget: mean(focus.map((window) => window.withTarget)),
    unsent: mean(focus.map((window) => window.unsent)),
    rate,
    atOnce: alone === null || requests.haveStreams ? null : (rate * alone) / 1000,
  };
}

/**
 * Where hardly more than one was under way, what the median and the quicker quarter took then. A load that is too much from its first
 * moment on has no such time: then for both the lesser of the preflight's time and the fast decile.
 */
function timeAlone(
  requests: RequestWindows,
  windows: readonly RequestWindow[],
  preflight: number,
): { readonly typical: number | null; readonly quick: number | null } {
  const isAlone = windows.map(({ withTarget, unsent }) => withTarget + unsent <= ALONE);
  const answered = windows.reduce((sum, window, index) => sum + (isAlone[index] ? window.answered : 0), 0);
  if (answered >= FEWEST_ALONE) {
    const at = (quantile: number): number | null => requests.latency(quantile, (index) => isAlone[index] === true);
    return { typical: at(0.5), quick: at(QUICK) };
  }
  const fast = requests.latency(FAST);
  const least = fast === null || Number.isNaN(preflight) ? fast : Math.min(preflight, fast);
  return { typical: least, quick: least };
}

/** Who is alone waits for nobody. No answer at all in a time in which several should have come is waiting too. */
function hasWaited({ quick, withTarget, unsent, start, end }: RequestWindow, alone: number | null): boolean {
  if (alone === null || withTarget + unsent <= ALONE) return false;
  if (quick !== null) return quick >= LONGER * alone;
  return end - start >= LONGER * alone;
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
