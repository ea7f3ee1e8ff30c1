import { type Profile, RUNNING } from '../../profile/profile.ts';
import type { Context } from '../context.ts';
import type { Entity } from '../entities.ts';
import { isEntrance, isEventLoop, isThreadRun } from '../roles/frame-role.ts';
import { lowerBound, type Span } from '../shares.ts';
import type { Intervals, Tail } from '../tail.ts';

/**
 * Whether the slow requests ran a line themselves, or waited behind another request that did. `mixed`: some did the one and some the other.
 * `outside`: no request ran it. `unknown`: the data does not tell.
 */
export interface HeadOfLine {
  readonly verdict: 'others' | 'itself' | 'mixed' | 'outside' | 'unknown';
  /** Slow requests that ran it, and that waited behind one that did, or for what is outside. */
  readonly ran: number;
  readonly behind: number;
  /** Whether others were answered while it ran; null where that was not looked at, or does not say. */
  readonly holdsUp: boolean | null;
}

export interface HeadOfLineInput {
  /** When the line ran, or stood: a stretch for each time it was entered, a thread's own, ms. */
  readonly episodes: readonly Span[];
  readonly intervals: Intervals;
  readonly tail: Tail;
  readonly phase: Span;
  /** How far the ends of episodes may be off, ms. */
  readonly tolerance: number;
  /** Where it runs nothing else of its process runs, by what stood above it; null where that is not known. */
  readonly alone: boolean | null;
  /** Whether it runs in threads that serve no requests. */
  readonly outside: boolean;
}

/** Shorter runs of a line, as a share of what makes a request slow, make no request slow. */
const LONG_RUN = 0.2;
/** Fewer slow requests in flight during its runs say nothing, or less than this share of all that are slow. */
const MIN_TOLD = 10;
const MIN_TOLD_SHARE = 0.5;
/** From this share on *most*, and up to that one *hardly any* of the slow requests waited behind another. */
const MOST = 0.5;
const HARDLY_ANY = 0.2;
/** Requests that ended during its runs, as a share of those expected if it held up none: at most, or at least, this. */
const HELD = 0.25;
const NOT_HELD = 0.5;
const MAX_P_VALUE = 0.001;
/** Where no other request was in flight in this share of its runs, there was none to hold up. */
const HARDLY_EVER_BESIDE = 0.9;
/** How much of a slow request's time lies in runs of the line before they count as its own, or as what it waited behind. */
const OWN_SHARE = 0.2;

/**
 * While one request runs a line that holds up everything else, no other is answered: as many end during its runs as elsewhere where it holds
 * up none. Where it holds them up, the first to end after a run is the one it belonged to, and the others in flight waited behind it.
 */
export function headOfLine(input: HeadOfLineInput): HeadOfLine {
  const { intervals, tail, alone } = input;
  const unknown: HeadOfLine = { verdict: 'unknown', ran: 0, behind: 0, holdsUp: null };
  const long = input.episodes.filter(({ start, end }) => end - start >= LONG_RUN * tail.threshold);
  const length = (spans: readonly Span[]): number => spans.reduce((sum, { start, end }) => sum + end - start, 0);
  if (length(long) < length(input.episodes) / 2) return unknown;

  const flights = new Flights(intervals);
  const holds = input.outside ? null : (alone ?? holdsUp(long, input));
  const own = new Float64Array(intervals.start.length);
  const others = new Float64Array(intervals.start.length);
  let lonely = 0;
  for (const { start, end } of long) {
    const rows = flights.during(start, end);
    const owner = input.outside ? -1 : ownerOf(rows, intervals, start, end);
    if (rows.length <= 1) lonely++;
    for (const row of rows) {
      const time = Math.min(end, intervals.end[row]!) - Math.max(start, intervals.start[row]!);
      if (row === owner) own[row]! += time;
      else others[row]! += time;
    }
  }
  const counts = { ran: 0, behind: 0, neither: 0 };
  tail.mask.forEach((slow, row) => {
    if (slow === 0) return;
    const least = OWN_SHARE * (intervals.end[row]! - intervals.start[row]!);
    if (own[row]! >= least) counts.ran++;
    else if (others[row]! >= least) counts.behind++;
    else counts.neither++;
  });
  const { ran, behind } = counts;
  const told = ran + behind;
  if (told < MIN_TOLD || told < MIN_TOLD_SHARE * tail.slow) return unknown;
  if (input.outside) return { verdict: 'outside', ran: 0, behind, holdsUp: null };
  // Where others are answered meanwhile, those in flight only happened to be.
  if (holds === false) return { verdict: 'itself', ran: told, behind: 0, holdsUp: false };
  if (holds === null && lonely < HARDLY_EVER_BESIDE * long.length) return unknown;
  const share = behind / told;
  const verdict = share >= MOST ? 'others' : share <= HARDLY_ANY ? 'itself' : 'mixed';
  return { verdict, ran, behind, holdsUp: holds };
}

/**
 * Whether the line holds up other requests; null where too few were in flight beside it to tell. Slow requests are left out: while one is
 * slow, hardly any ends, whatever holds it up.
 */
function holdsUp(episodes: readonly Span[], { intervals, tail, phase, tolerance }: HeadOfLineInput): boolean | null {
  const quick = (column: Float64Array): Float64Array => column.filter((_, row) => tail.mask[row] === 0);
  const flights = new Flights({
    start: quick(intervals.start),
    end: quick(intervals.end),
    latency: quick(intervals.latency),
  });
  const inner = episodes
    .map(({ start, end }) => ({ start: start + tolerance, end: end - tolerance }))
    .filter(({ start, end }) => end > start);
  const outside = { ended: flights.endedIn(phase.start, phase.end), time: flights.timeIn(phase.start, phase.end) };
  const inside = { ended: 0, time: 0 };
  for (const { start, end } of inner) {
    inside.ended += flights.endedIn(start, end);
    inside.time += flights.timeIn(start, end);
  }
  outside.ended -= inside.ended;
  outside.time -= inside.time;
  if (!(outside.time > 0)) return null;
  const { ended } = inside;
  const expected = (outside.ended / outside.time) * inside.time;
  if (ended <= HELD * expected && poissonAtMost(ended, expected) <= MAX_P_VALUE) return true;
  if (ended >= NOT_HELD * expected && poissonAtLeast(ended, HELD * expected) <= MAX_P_VALUE) return false;
  return null;
}

/**
 * Of those in flight in the middle of a run of the line the first to end; −1 of none. The middle, because a sampler tells the ends of a run
 * less well.
 */
function ownerOf(rows: readonly number[], { start, end }: Intervals, from: number, to: number): number {
  const middle = (from + to) / 2;
  let owner = -1;
  for (const row of rows) {
    if (start[row]! > middle || end[row]! < middle) continue;
    if (owner < 0 || end[row]! < end[owner]!) owner = row;
  }
  return owner;
}

/** Requests by start and by end. */
class Flights {
  readonly #intervals: Intervals;
  readonly #byStart: Uint32Array;
  readonly #starts: Float64Array;
  readonly #ends: Float64Array;
  readonly #longest: number;
  /** When their number changes, and what it is from then on. */
  readonly #times: Float64Array;
  readonly #counts: Float64Array;

  constructor(intervals: Intervals) {
    const { start, end } = intervals;
    this.#intervals = intervals;
    this.#byStart = Uint32Array.from(start, (_, row) => row).sort((a, b) => start[a]! - start[b]!);
    this.#starts = Float64Array.from(this.#byStart, (row) => start[row]!);
    this.#ends = end.toSorted();
    this.#longest = start.reduce((most, value, row) => Math.max(most, end[row]! - value), 0);
    this.#times = Float64Array.from([...start, ...end]).sort();
    this.#counts = this.#times.map((time) => this.#inFlight(time));
  }

  /** Rows of the requests in flight at some time in a span. */
  during(from: number, to: number): number[] {
    const rows: number[] = [];
    for (
      let i = lowerBound(this.#starts, from - this.#longest);
      i < this.#starts.length && this.#starts[i]! < to;
      i++
    ) {
      const row = this.#byStart[i]!;
      if (this.#intervals.end[row]! > from) rows.push(row);
    }
    return rows;
  }

  endedIn(from: number, to: number): number {
    return lowerBound(this.#ends, to) - lowerBound(this.#ends, from);
  }

  /** ∫ requests in flight over a span, ms. */
  timeIn(from: number, to: number): number {
    let sum = 0;
    let at = from;
    let count = this.#inFlight(from);
    for (let i = lowerBound(this.#times, from); at < to; i++) {
      const next = Math.min(to, this.#times[i] ?? to);
      sum += count * (next - at);
      at = next;
      count = this.#counts[i] ?? 0;
    }
    return sum;
  }

  /** Just after a time. */
  #inFlight(time: number): number {
    const after = (sorted: Float64Array): number => {
      let index = lowerBound(sorted, time);
      while (sorted[index] === time) index++;
      return index;
    };
    return after(this.#starts) - after(this.#ends);
  }
}

/** Summed to both sides of its largest term: the first one, exp(−mean), is too small for a number from a mean of 746 on. */
function poissonAtMost(count: number, mean: number): number {
  const most = Math.min(count, Math.floor(mean));
  let logarithm = -mean;
  for (let k = 1; k <= most; k++) logarithm += Math.log(mean / k);
  const largest = Math.exp(logarithm);
  let sum = 0;
  for (let k = most, term = largest; k >= 0; k--) {
    sum += term;
    term *= k / mean;
  }
  for (let k = most + 1, term = largest; k <= count; k++) {
    term *= mean / k;
    sum += term;
  }
  return Math.min(1, sum);
}

function poissonAtLeast(count: number, mean: number): number {
  return count === 0 ? 1 : 1 - poissonAtMost(count - 1, mean);
}

/** A thread left a line for less than this and came back, ms: it never left. */
const SAME_RUN_MS = 3;
const [LEAST_TOLERANCE_MS, MOST_TOLERANCE_MS] = [0.5, 15];
/** How much of a line's time is spent on an event loop, or in a thread of its own, before it belongs there. */
const MOSTLY = 0.9;

/** When threads stood in an entity in a state, and whether that was on the event loop of the only process that ran. */
export function episodesOf(
  profile: Profile,
  entity: Entity,
  phase: Span,
  state: number,
): Pick<HeadOfLineInput, 'episodes' | 'tolerance' | 'alone' | 'outside'> {
  const { stacks, samples, threads, frames } = profile;
  const loop = frames.map((frame) => isEventLoop(frame));
  const entrance = frames.map((frame) => isEntrance(frame));
  const threadRun = frames.map((frame) => isThreadRun(frame));
  const inEntity = new Uint8Array(stacks.frame.length);
  const onLoop = new Uint8Array(stacks.frame.length);
  /** Below a thread's own start and nothing that serves. */
  const inOwnThread = new Uint8Array(stacks.frame.length);
  for (let stack = 0; stack < inEntity.length; stack++) {
    const frame = stacks.frame[stack]!;
    const up = stacks.parent[stack]!;
    const here = frame === entity.frame && (entity.line === 0 || stacks.line[stack] === entity.line);
    inEntity[stack] = Number(here || (up >= 0 && inEntity[up] === 1));
    onLoop[stack] = Number(loop[frame] === true || (up >= 0 && onLoop[up] === 1));
    const isBelow = up >= 0 && inOwnThread[up] === 1 && entrance[frame] !== true;
    inOwnThread[stack] = Number(threadRun[frame] === true || isBelow);
  }
  const open = new Map<number, { start: number; end: number }>();
  const episodes: Span[] = [];
  const running: number[] = [];
  const pids = new Set<number>();
  let time = 0;
  let loopTime = 0;
  let ownTime = 0;
  for (let row = 0; row < samples.time.length; row++) {
    const [start, end] = [samples.time[row]!, samples.time[row]! + samples.weight[row]!];
    const stack = samples.stack[row]!;
    const thread = samples.thread[row]!;
    if (samples.state[row] === RUNNING && samples.weight[row]! > 0) {
      running.push(samples.weight[row]!);
      pids.add(threads[thread]!.pid);
    }
    if (samples.state[row] !== state || stack < 0 || inEntity[stack] !== 1) continue;
    if (start < phase.start || start >= phase.end) continue;
    time += end - start;
    if (onLoop[stack] === 1 || isNodeMain(profile, thread)) loopTime += end - start;
    if (inOwnThread[stack] === 1) ownTime += end - start;
    const last = open.get(thread);
    if (last !== undefined && start - last.end <= SAME_RUN_MS) last.end = Math.max(last.end, end);
    else {
      const next = { start, end };
      open.set(thread, next);
      episodes.push(next);
    }
  }
  running.sort((a, b) => a - b);
  const step = running[Math.floor(running.length / 2)] ?? 0;
  return {
    episodes,
    tolerance: Math.min(MOST_TOLERANCE_MS, Math.max(LEAST_TOLERANCE_MS, 1.5 * step)),
    alone: pids.size === 1 && loopTime >= MOSTLY * time ? true : null,
    outside: time > 0 && ownTime >= MOSTLY * time,
  };
}

/** V8's main thread is an event loop without a frame that says so. */
function isNodeMain({ threads }: Profile, thread: number): boolean {
  return thread === 0 && threads[thread]!.name === 'main';
}

/** What is known of whose work the slow requests waited for, as a sentence. */
export function headOfLineSentence({ input, intervals, tail }: Context, entity: Entity, state: number): string {
  const found = headOfLine({
    ...episodesOf(input.profile, entity, input.phase, state),
    intervals,
    tail,
    phase: input.phase,
  });
  const { ran, behind, holdsUp } = found;
  const told = ran + behind;
  switch (found.verdict) {
    case 'others':
      return `It blocks the others: about ${behind} of ${told} slow ones waited behind another that ran it.`;
    case 'itself':
      if (holdsUp === false) return 'It is slow itself and blocks no others: they were answered while it ran.';
      return `It is slow itself: about ${ran} of ${told} slow ones ran it.`;
    case 'mixed':
      return `It is slow itself and blocks others: about ${ran} of ${told} slow ones ran it, ${behind} waited behind one that did.`;
    case 'outside':
      return `It runs in a thread of its own, outside of requests: about ${behind} of ${tail.slow} slow ones were in flight meanwhile.`;
    case 'unknown':
      return 'Whether it is slow itself or blocks the others cannot be told here.';
  }
}
