import { plainPercentile } from './percentile.ts';
import { isMore, type Rows, ratio, shareOf, splitOf } from './share.ts';

/** Requests of one step, by column, ascending in `intended`. Times in ms on one clock. */
export interface StepRequests {
  readonly intended: Float64Array;
  /** From the intended start. Of a request cut off by the end of the run, with `ok` 1: what it had waited by then. */
  readonly latency: Float64Array;
  /** 1: answered as the plan expects; 0: failed. */
  readonly ok: Uint8Array;
}

/** A stretch in which a step was wrong. Times in ms on its requests' clock. */
export interface Episode {
  readonly why: 'failures' | 'latency';
  /** When the first request that belongs to it was due. */
  readonly start: number;
  readonly end: number;
  /** Whether it was over while the step was still asked for. */
  readonly recovered: boolean;
  /** How far off `start` may be. */
  readonly blur: number;
  /** What was usual and what it came to: the p75 of the latency in ms, or the share of failures. */
  readonly before: number;
  readonly during: number;
}

/** The least requests to judge a window by, and the least windows to judge a step by. */
const WINDOW_REQUESTS = 20;
const MIN_WINDOWS = 5;
/** The least windows that say what is usual. */
const USUAL_WINDOWS = 3;
/** How much larger than usual a window's share of slow or failed requests is when it is bad. */
const MORE_SLOW = 0.25;
const MORE_FAILED = 0.05;
/** A larger share of failures from the first windows on is not what is usual, but wrong. */
const WRONG_FROM_START = 0.2;
/** Windows before the first bad one in which the start is looked for. */
const LOOK_BACK = 3;

interface Window extends Rows {
  /** All its requests were due before. */
  readonly end: number;
}

/** A step's latency while nothing is wrong, ms, and the rows that show it. */
interface Usual {
  readonly windows: readonly Window[];
  readonly quickest: readonly Rows[];
  readonly p75: number;
}

/**
 * When each of a phase's steps was wrong, in order of `start`. Nothing is said of a step with fewer than five windows of 20 requests.
 *
 * **Windows** are `width` ms, or as many of those as it takes to hold 20 requests: where an earlier step fails, fewer arrive. Requests
 * belong where they were due; where they ended, one that waited 10 s for its timeout would be seen 10 s late.
 *
 * **Usual** is learnt from the step itself. For latency from the quarter of its windows with the lowest p75, wherever they are, because
 * the first may be cold; or from its first 20 requests where those were over twice as quick, because a load that is too high at once
 * leaves no better. For failures from the first three windows: next to the cleanest ones a steady share of failures looks like a rise.
 *
 * **Slow** is a request above three times the usual p75; above it by 4 MADs, which a widely spread latency strays by itself; by 5 ms,
 * since a scheduler or a garbage collector is not what is meant; and by a tenth of what all steps usually take together, or ten
 * times the p75 where that is less: a quick step that triples hardly matters to the whole.
 *
 * **Bad** is a window in which over 25 % more requests than usual are slow, so that its p75 is, and a step with two speeds does not
 * seem to change between them; or over 5 % more than usual failed; and in both cases more than chance makes of the usual share once
 * in a thousand windows.
 *
 * **An episode** begins with two bad windows of three and lasts until two good ones. One that is there in the first window and goes
 * is a cold start, and left out. A step of which over 20 % failed, in its first windows and over all, was wrong from the start.
 *
 * **Its start** is not where the step became slow. Under a rising load one with a long way to three times its latency would seem later
 * than the quick ones it drags along, and one that is alone on its server doubles its latency long before it is full. So all steps
 * are measured by one yardstick, the ms they add: the start is where a request takes longer than usual by 0.4 of what all steps take
 * together, but by no less than a quarter of its step's way to slow and no more than a quarter of its rise in the episode. Of the
 * windows around the first one with a p75 like that, the row is taken whose split into a small share of such requests before and a
 * larger one after is the likeliest. For failures the same with failed requests.
 *
 * The rules and numbers were chosen on simulated queues with a known bottleneck; `cascade.test.ts` holds some of them.
 */
export function episodesOf(steps: readonly StepRequests[], start: number, width: number): Episode[][] {
  const answered = steps.map(answeredOf);
  const usual = answered.map((requests) => usualOf(requests, start, width));
  const whole = usual.reduce((sum, step) => sum + (step?.p75 ?? 0), 0);
  return steps.map((requests, step) =>
    [...failures(requests, start, width), ...slowness(answered[step]!, usual[step]!, whole)].sort(
      (a, b) => a.start - b.start,
    ),
  );
}

function failures({ intended, ok }: StepRequests, start: number, width: number): Episode[] {
  const windows = windowsOf(intended, start, width);
  if (windows.length < MIN_WINDOWS) return [];
  const failed = ok.map((value) => 1 - value);
  const usual = shareOf(failed, ...windows.slice(0, USUAL_WINDOWS));
  const all = ratio(shareOf(failed, ...windows));
  if (Math.min(ratio(usual), all) > WRONG_FROM_START) {
    const { end } = windows.at(-1)!;
    return [{ why: 'failures', start, end, recovered: false, blur: 0, before: all, during: all }];
  }
  const bad = windows.map((window) => isMore(shareOf(failed, window), usual, MORE_FAILED));
  return stretchesOf(bad).map(([first, last]) => ({
    why: 'failures',
    ...extentOf(intended, failed, MORE_FAILED, windows, first, last),
    before: ratio(usual),
    during: ratio(shareOf(failed, ...windows.slice(first, last + 1))),
  }));
}

function slowness({ intended, latency }: StepRequests, usual: Usual | null, whole: number): Episode[] {
  if (usual === null) return [];
  const { windows, quickest, p75 } = usual;
  const least = Math.max(3 * p75, p75 + 4 * madOf(latency, quickest), p75 + 5);
  const limit = Math.max(least, Math.min(10 * p75, p75 + 0.1 * whole));
  const above = (level: number): Uint8Array => Uint8Array.from(latency, (ms) => (ms > level ? 1 : 0));
  const isSlow = above(limit);
  const usuallySlow = shareOf(isSlow, ...quickest);
  const bad = windows.map((window) => isMore(shareOf(isSlow, window), usuallySlow, MORE_SLOW));
  return stretchesOf(bad).map(([first, last]) => {
    const during = quantileOf(latency, windows.slice(first, last + 1), 0.75);
    const added = Math.max((limit - p75) / 4, Math.min(0.4 * whole, (during - p75) / 4));
    const extent = extentOf(intended, above(p75 + added), MORE_SLOW, windows, first, last);
    // What stalls for everyone catches a request that takes long before it catches one that does not.
    return { why: 'latency', ...extent, blur: Math.max(extent.blur, p75), before: p75, during };
  });
}

/** A failed request has no latency to speak of. */
function answeredOf({ intended, latency, ok }: StepRequests): StepRequests {
  const answered = (_: number, row: number): boolean => ok[row] === 1 && latency[row]! >= 0;
  return { intended: intended.filter(answered), latency: latency.filter(answered), ok: ok.filter(answered) };
}

function windowsOf(intended: Float64Array, start: number, width: number): Window[] {
  const windows: Window[] = [];
  let from = 0;
  let end = start + width;
  for (let row = 0; row < intended.length; row++) {
    const due = intended[row]!;
    if (due < end) continue;
    if (row - from >= WINDOW_REQUESTS) {
      windows.push({ from, to: row, end });
      from = row;
    }
    end = start + width * (Math.floor((due - start) / width) + 1);
  }
  const rest = { from, to: intended.length, end };
  // Too few for a window of their own, the last ones go with those before.
  if (rest.to - rest.from < WINDOW_REQUESTS && windows.length > 0) rest.from = windows.pop()!.from;
  windows.push(rest);
  return windows;
}

function usualOf({ intended, latency }: StepRequests, start: number, width: number): Usual | null {
  const windows = windowsOf(intended, start, width);
  if (windows.length < MIN_WINDOWS) return null;
  const quickest = windows
    .map((window) => ({ window, p75: quantileOf(latency, [window], 0.75) }))
    .sort((a, b) => a.p75 - b.p75)
    .slice(0, Math.max(USUAL_WINDOWS, Math.floor(windows.length / 4)))
    .map(({ window }) => window);
  const first = [{ from: 0, to: WINDOW_REQUESTS }];
  const isOver = 2 * quantileOf(latency, first, 0.75) < quantileOf(latency, quickest, 0.5);
  const chosen = isOver ? first : quickest;
  return { windows, quickest: chosen, p75: quantileOf(latency, chosen, 0.75) };
}

/** The first and last bad window of each episode. */
function stretchesOf(bad: readonly boolean[]): [number, number][] {
  const stretches: [number, number][] = [];
  for (let first = 0; first < bad.length; first++) {
    if (!bad[first] || !(bad[first + 1] || bad[first + 2])) continue;
    let last = first;
    for (let next = first; next <= last + 2 && next < bad.length; next++) if (bad[next]) last = next;
    if (first > 0 || !recovers(last, bad.length)) stretches.push([first, last]);
    first = last;
  }
  return stretches;
}

/** One good window at the very end may be chance. */
function recovers(last: number, windows: number): boolean {
  return last < windows - 2;
}

/** @param out requests that are as they are in the episode: after its start there are many, before it few */
function extentOf(
  intended: Float64Array,
  out: Uint8Array,
  many: number,
  windows: readonly Window[],
  first: number,
  last: number,
): Pick<Episode, 'start' | 'end' | 'recovered' | 'blur'> {
  const isOut = windows.map((window) => ratio(shareOf(out, window)) > many);
  let begin = first;
  while (begin < last && !isOut[begin]) begin++;
  while (begin > Math.max(0, first - LOOK_BACK) && isOut[begin - 1]) begin--;
  const { best, earliest, latest } = splitOf(out, {
    from: windows[Math.max(0, begin - 2)]!.from,
    to: windows[Math.min(windows.length - 1, begin + 1)]!.to,
  });
  const start = intended[best]!;
  return {
    start,
    end: windows[last]!.end,
    recovered: recovers(last, windows.length),
    blur: Math.max(start - intended[earliest]!, intended[latest]! - start),
  };
}

function quantileOf(latency: Float64Array, parts: readonly Rows[], q: number): number {
  return plainPercentile(ascending(latency, parts), q)!;
}

/** The median distance from the median. */
function madOf(latency: Float64Array, parts: readonly Rows[]): number {
  const values = ascending(latency, parts);
  const median = plainPercentile(values, 0.5)!;
  return plainPercentile(values.map((value) => Math.abs(value - median)).sort(), 0.5)!;
}

function ascending(latency: Float64Array, parts: readonly Rows[]): Float64Array {
  const values = new Float64Array(parts.reduce((total, { from, to }) => total + to - from, 0));
  let at = 0;
  for (const { from, to } of parts) {
    values.set(latency.subarray(from, to), at);
    at += to - from;
  }
  return values.sort();
}
