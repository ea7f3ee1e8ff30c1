import { type SlowIntervals, slowIntervals, type Wait } from '../slow-intervals.ts';
import { chooseTail, type Intervals, type Tail, tailOver } from '../tail.ts';
import type { Among, RequestKind, View } from './view.ts';
import type { ViewMaterial } from './view-material.ts';

/** Of a view that goes by requests: how many waits are counted, of how many. */
export interface WaitSupport {
  readonly counted: number;
  readonly of: number;
  /** Ms: a wait is slow from here on or, where this is a limit that was set, above it. */
  readonly threshold: number;
  readonly isLimit: boolean;
  /** Whether the service told what worked for which request: then what is shown is theirs, and no mere overlap. */
  readonly isTold: boolean;
}

/** The waits that a view goes by, in the mask of `tail`, and all others that they share their time with. */
export interface ChosenWaits {
  readonly intervals: SlowIntervals;
  readonly tail: Tail;
  readonly support: WaitSupport;
}

const WAITS: Readonly<Record<RequestKind, Wait>> = {
  slow: 'latency',
  other: 'latency',
  'first-token': 'ttft',
  gap: 'gap',
};

/** The waits of a view by requests, or why there are none, as a sentence. Which are slow is told among those of its step or group. */
export function chooseWaits(view: View & { readonly kind: RequestKind }, material: ViewMaterial): ChosenWaits | string {
  const { requests, chunks, limits } = material;
  const what = WAITS[view.kind];
  const intervals = slowIntervals(requests, chunks, what);
  if (intervals.start.length === 0) return NO_WAITS[what];
  const unknown = unknownAmong(view, material);
  if (unknown !== null) return unknown;
  const members = membersOf(view, intervals, material);
  if (members.length === 0) return 'None of the requests that were profiled is one of these.';
  const own = pick(intervals, members);
  const limit = limits[what] ?? undefined;
  const tail = view.over === undefined ? chooseTail(own, limit) : tailOver(own, view.over);
  const isSlow = Number(view.kind !== 'other');
  const mask = new Uint8Array(intervals.start.length);
  members.forEach((row, i) => {
    mask[row] = Number(tail.mask[i] === isSlow);
  });
  const counted = isSlow === 1 ? tail.slow : members.length - tail.slow;
  const { threshold } = tail;
  if (counted === 0) return isSlow === 1 ? 'None of them took so long.' : 'All of them are slow.';
  const isLimit = view.over !== undefined || threshold === limit;
  return {
    intervals,
    tail: { ...tail, mask },
    support: { counted, of: members.length, threshold, isLimit, isTold: false },
  };
}

const NO_WAITS: Readonly<Record<Wait, string>> = {
  latency: 'No request was answered while it was profiled.',
  ttft: 'It has no streams: no first token came while it was profiled.',
  gap: 'It has no streams: no gap between two chunks was seen while it was profiled.',
};

function unknownAmong({ step, group }: Among, { steps, groups }: ViewMaterial): string | null {
  if (step !== undefined && !steps.includes(step)) return `It has no step ${step}. It has ${steps.join(', ')}.`;
  if (group === undefined || groups.includes(group)) return null;
  return groups.length === 0
    ? `It has no group ${group}: its plan splits requests by no header.`
    : `It has no group ${group}. It has ${groups.join(', ')}.`;
}

/** Rows of the intervals whose request is one of those that are looked at. */
function membersOf({ step, group }: Among, { request }: SlowIntervals, material: ViewMaterial): number[] {
  const rows = [...request.keys()];
  if (step === undefined && group === undefined) return rows;
  const { requests, steps, groups } = material;
  const wanted = new Set<number>();
  requests.id.forEach((id, row) => {
    if (step !== undefined && steps[requests.step[row]!] !== step) return;
    if (group === undefined || groups[requests.group[row]!] === group) wanted.add(id);
  });
  return rows.filter((row) => wanted.has(request[row]!));
}

function pick({ start, end, latency }: Intervals, rows: readonly number[]): Intervals {
  const picked = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row]!);
  return { start: picked(start), end: picked(end), latency: picked(latency) };
}
