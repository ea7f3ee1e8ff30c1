import type { Thread } from '../../profile/profile.ts';
import type { Attribution, OwnedSpans } from '../../runs/attribution.ts';
import { lowerBound } from '../shares.ts';

/** When one thread worked for whom, ms on the run's clock: stretches in order that do not overlap. */
export interface OwnedTime {
  readonly start: Float64Array;
  readonly end: Float64Array;
  /** Row of the requests; −1 for a request that is not among them. */
  readonly row: Int32Array;
}

/** Whom the threads of a service worked for, as it told itself. */
export class Owners {
  readonly #times: readonly OwnedTime[];
  readonly #index: ReadonlyMap<string, number>;
  readonly #rowOf: ReadonlyMap<number, number>;

  /**
   * @param ids of the requests, by row
   * @param slack how far the times of a profile may be off, ms: so far stretches are taken to reach into the time around them
   */
  constructor({ threads, worked }: Attribution, ids: Float64Array, slack = 0) {
    this.#rowOf = new Map(Array.from(ids, (id, row) => [id, row]));
    this.#index = new Map(threads.map(({ pid, id }, index) => [`${pid}:${id}`, index]));
    const rows = threads.map((): number[] => []);
    for (let at = 0; at < worked.thread.length; at++) rows[worked.thread[at]!]?.push(at);
    this.#times = rows.map((own) =>
      widened(
        flattened(worked, own, (id) => this.rowOf(id)),
        slack,
      ),
    );
  }

  /** The row of a request; −1 where it is not among them. */
  rowOf(id: number): number {
    return this.#rowOf.get(id) ?? -1;
  }

  /** By a thread of the attribution. */
  timeOf(thread: number): OwnedTime | null {
    return this.#times[thread] ?? null;
  }

  /** By a thread of a profile; null where nothing was told of it. */
  of({ pid, id }: Thread): OwnedTime | null {
    const index = this.#index.get(`${pid}:${id}`);
    return index === undefined ? null : this.timeOf(index);
  }
}

/** Where fewer requests were told of, whose samples the others' are is not known, and overlap in time says more. */
const LEAST_TOLD = 0.8;
/** Where less of the work was done in threads that were sampled, what ran for a request was mostly not seen, as of a container's own ids. */
export const LEAST_SAMPLED = 0.8;

/** What a service told of requests. */
export interface Told {
  /** Requests that it told of, of all answered ones. */
  readonly count: number;
  readonly of: number;
  /** Of the time that its threads worked for them, what was in threads of the profile, 0–1; 0 of none. */
  readonly sampled: number;
  /** Whether that is enough to go by. */
  readonly isEnough: boolean;
}

/** @param ids of all requests @param sampled the threads of the profile */
export function toldOf({ threads, worked }: Attribution, ids: Float64Array, sampled: readonly Thread[]): Told {
  const wanted = new Set(ids);
  const profiled = new Set(sampled.map(({ pid, id }) => `${pid}:${id}`));
  const isSampled = threads.map(({ pid, id }) => profiled.has(`${pid}:${id}`));
  const told = new Set<number>();
  const time = { all: 0, sampled: 0 };
  worked.request.forEach((request, at) => {
    if (!wanted.has(request)) return;
    told.add(request);
    const took = worked.end[at]! - worked.start[at]!;
    time.all += took;
    if (isSampled[worked.thread[at]!] === true) time.sampled += took;
  });
  const count = ids.reduce((sum, id) => sum + Number(told.has(id)), 0);
  const share = time.all > 0 ? time.sampled / time.all : 0;
  const isEnough = count >= LEAST_TOLD * ids.length && share >= LEAST_SAMPLED;
  return { count, of: ids.length, sampled: share, isEnough };
}

/** The row of the request that a thread worked for at a time; −1 where for none that is known. */
export function ownerAt({ start, end, row }: OwnedTime, time: number): number {
  const at = lastAt(start, time);
  return at >= 0 && time < end[at]! ? row[at]! : -1;
}

/** Index of the last value at or below `value`; −1 where there is none. */
function lastAt(sorted: Float64Array, value: number): number {
  const at = lowerBound(sorted, value);
  return sorted[at] === value ? at : at - 1;
}

interface Stretch {
  readonly start: number;
  readonly end: number;
  readonly row: number;
}

/** Spans of one thread, in order of their start, as stretches: within another the inner one counts. */
function flattened(
  { request, start, end }: OwnedSpans,
  own: readonly number[],
  rowOf: (id: number) => number,
): Stretch[] {
  const found: Stretch[] = [];
  const open: Stretch[] = [];
  let at = Number.NEGATIVE_INFINITY;
  const add = (until: number, row: number): void => {
    if (!(until > at)) return;
    const last = found.at(-1);
    if (last !== undefined && last.end === at && last.row === row) found[found.length - 1] = { ...last, end: until };
    else found.push({ start: at, end: until, row });
    at = until;
  };
  const closeUntil = (time: number): void => {
    for (let top = open.at(-1); top !== undefined && top.end <= time; top = open.at(-1)) {
      add(top.end, top.row);
      open.pop();
    }
  };
  for (const index of own) {
    const span = { start: start[index]!, end: end[index]!, row: rowOf(request[index]!) };
    closeUntil(span.start);
    const outer = open.at(-1);
    if (outer === undefined) at = Math.max(at, span.start);
    else add(span.start, outer.row);
    open.push(span);
  }
  closeUntil(Number.POSITIVE_INFINITY);
  return found;
}

function widened(stretches: readonly Stretch[], slack: number): OwnedTime {
  const gapAfter = (at: number): number =>
    at < 0 || at + 1 >= stretches.length ? Number.POSITIVE_INFINITY : stretches[at + 1]!.start - stretches[at]!.end;
  const reach = (at: number): number => Math.min(slack, gapAfter(at) / 2);
  const start = Float64Array.from(stretches, (stretch, at) => stretch.start - reach(at - 1));
  const end = Float64Array.from(stretches, (stretch, at) => stretch.end + reach(at));
  return { start, end, row: Int32Array.from(stretches, ({ row }) => row) };
}
