import { type Profile, RUNNING } from '../profile/profile.ts';
import type { ChunkTable } from '../runs/chunk-table.ts';
import type { RequestTable } from '../runs/request-table.ts';
import type { GpuSeries } from '../telemetry/gpu-series.ts';
import { gpuIdleWeights, gpuProfile } from './gpu-idle.ts';
import { viewWeights } from './overlap.ts';
import { comparedProfiles, type ProfileDifference } from './profile-difference.ts';
import { type SlowIntervals, slowIntervals, type Wait } from './slow-intervals.ts';
import { chooseTail, type Intervals, type Tail, tailOver } from './tail.ts';
import { type Among, isRequestView, type RequestKind, threadKey, type View } from './view.ts';

/** What views of a run are made from. */
export interface ViewMaterial {
  readonly profile: Profile;
  /** Of the profiled phase. */
  readonly requests: RequestTable;
  readonly chunks: readonly ChunkTable[];
  readonly gpus: readonly GpuSeries[];
  /** Ms: the plan's lowest limit on latency; null where it sets none. */
  readonly objectiveLimit: number | null;
  /** Names by the numbers that requests know their step and their group by. */
  readonly steps: readonly string[];
  readonly groups: readonly string[];
  /** How long was profiled, ms. */
  readonly profiled: number;
}

/** What a view rests on. */
export interface ViewSupport {
  /** Samples that count at all, and what they come to in the profile's unit. */
  readonly samples: number;
  readonly total: number;
  readonly waits: WaitSupport | null;
}

/** Of a view that goes by requests: how many waits are counted, of how many. */
export interface WaitSupport {
  readonly counted: number;
  readonly of: number;
  /** Ms: a wait is slow from here on or, where this is a limit that was set, above it. */
  readonly threshold: number;
  readonly isLimit: boolean;
}

/** A view with what it shows. Where it holds two runs against each other the profile is that of both. */
export interface WeighedView {
  readonly profile: Profile;
  /** One a sample of the profile, in its unit. */
  readonly weights: Float64Array;
  readonly support: ViewSupport;
  readonly difference: ProfileDifference | null;
}

/** Why a run has not a view, as a sentence. */
export interface MissingView {
  readonly missing: string;
}

const WAITS: Readonly<Record<RequestKind, Wait>> = {
  slow: 'latency',
  other: 'latency',
  'first-token': 'ttft',
  gap: 'gap',
};

/**
 * What a view shows of a run. Only what ran counts, of a thread also what it waited in. A sample in a stretch's edge counts with the part
 * that lies within; which requests are slow is as in the whole run. @param against the other run of a difference
 */
export function weighView(view: View, material: ViewMaterial, against?: ViewMaterial): WeighedView | MissingView {
  if (view.kind === 'difference') return weighDifference(view, material, against);
  const needsTime = view.from !== undefined || isRequestView(view) || view.kind === 'gpu-idle';
  if (needsTime && !material.profile.hasTime)
    return missing('Its profile has no times, so it is not known what ran when.');
  const weighed = weighWhole(view, material);
  if ('missing' in weighed) return weighed;
  const { profile } = weighed;
  const weights = within(profile, view, weighed.weights);
  const support = supportOf(weights, weighed.waits);
  if (support.samples === 0) return missing(nothingIn(view));
  return { profile, weights, support, difference: null };
}

interface Whole {
  readonly profile: Profile;
  readonly weights: Float64Array;
  readonly waits: WaitSupport | null;
}

function weighWhole(view: Exclude<View, { kind: 'difference' }>, material: ViewMaterial): Whole | MissingView {
  const { profile, gpus } = material;
  if (isRequestView(view)) return weighRequests(view, material);
  if (view.kind === 'thread') {
    const { samples, threads } = profile;
    const thread = threads.findIndex((one) => threadKey(one) === view.thread);
    if (thread < 0) return missing(`It has no thread ${view.thread}.`);
    return { profile, weights: samples.weight.map((w, row) => (samples.thread[row] === thread ? w : 0)), waits: null };
  }
  if (view.kind === 'all') return { profile, weights: running(profile, profile.samples.weight), waits: null };
  if (gpus.length === 0) return missing('It knows of no GPU: measure on a machine with one, or give --gpu a file.');
  if (view.kind === 'gpu') {
    const gpu = gpus.find(({ index }) => String(index) === view.gpu);
    if (gpu === undefined) return missing(`It has no GPU ${view.gpu}.`);
    const bands = gpuProfile(gpu);
    return { profile: bands, weights: bands.samples.weight, waits: null };
  }
  return { profile, weights: running(profile, gpuIdleWeights(profile, gpus)), waits: null };
}

function weighRequests(view: View & { readonly kind: RequestKind }, material: ViewMaterial): Whole | MissingView {
  const { profile, requests, chunks, objectiveLimit } = material;
  const what = WAITS[view.kind];
  const intervals = slowIntervals(requests, chunks, what);
  if (intervals.start.length === 0) return missing(NO_WAITS[what]);
  const unknown = unknownAmong(view, material);
  if (unknown !== null) return missing(unknown);
  const members = membersOf(view, intervals, material);
  if (members.length === 0) return missing('None of the requests that were profiled is one of these.');
  const own = pick(intervals, members);
  const limit = what === 'latency' ? (objectiveLimit ?? undefined) : undefined;
  const tail = view.over === undefined ? chooseTail(own, limit) : tailOver(own, view.over);
  const counted = view.kind === 'other' ? 0 : 1;
  const mask = new Uint8Array(intervals.start.length);
  members.forEach((row, i) => {
    mask[row] = Number(tail.mask[i] === counted);
  });
  const chosen: Tail = { ...tail, mask };
  return {
    profile,
    weights: running(profile, viewWeights(profile, intervals, chosen).tail),
    waits: {
      counted: counted === 1 ? tail.slow : members.length - tail.slow,
      of: members.length,
      threshold: tail.threshold,
      isLimit: view.over !== undefined || tail.threshold === limit,
    },
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

function running({ samples }: Profile, weights: Float64Array): Float64Array {
  return weights.map((weight, row) => (samples.state[row] === RUNNING ? weight : 0));
}

/** Where a profile counts ms, a sample stood for its weight from its time on. */
function within({ unit, samples }: Profile, { from, to }: View, weights: Float64Array): Float64Array {
  if (from === undefined || to === undefined) return weights;
  return weights.map((weight, row) => {
    const time = samples.time[row]!;
    const stood = samples.weight[row]!;
    if (unit !== 'ms' || !(stood > 0)) return time >= from && time < to ? weight : 0;
    return (weight * Math.max(0, Math.min(to, time + stood) - Math.max(from, time))) / stood;
  });
}

function supportOf(weights: Float64Array, waits: WaitSupport | null): ViewSupport {
  let samples = 0;
  let total = 0;
  for (const weight of weights) {
    if (!(weight > 0)) continue;
    samples++;
    total += weight;
  }
  return { samples, total, waits };
}

function nothingIn(view: View): string {
  const when = view.from === undefined ? '' : ' in that stretch of time';
  if (isRequestView(view)) return `Nothing ran while they were in flight${when}.`;
  return view.kind === 'gpu-idle'
    ? `The GPU was never idle while something ran${when}.`
    : `Nothing was sampled${when}.`;
}

function weighDifference(
  { from }: View,
  material: ViewMaterial,
  against: ViewMaterial | undefined,
): WeighedView | MissingView {
  if (against === undefined) return missing('The run it is held against is not there.');
  if (from !== undefined) return missing('Two runs are held against each other as wholes, not in a stretch of time.');
  const units = [material.profile.unit, against.profile.unit];
  if (units[0] !== units[1]) return missing(`Their profiles count different things: ${units.join(' and ')}.`);
  const answered = [material, against].map(({ requests, chunks }) => slowIntervals(requests, chunks, 'latency'));
  const requests = answered.map(({ start }) => start.length);
  // Where nothing was answered, time is what they have in common.
  const per = requests.every((count) => count > 0) ? 'request' : 'second';
  const lengths = per === 'request' ? requests : [material.profiled / 1000, against.profiled / 1000];
  const [now, before] = lengths as [number, number];
  if (!(now > 0 && before > 0)) return missing('It is not known how long one of the two was profiled.');
  const weightsOf = ({ profile }: ViewMaterial, by: number): Float64Array =>
    running(profile, profile.samples.weight).map((weight) => weight / by);
  const difference = comparedProfiles(
    { profile: material.profile, weights: weightsOf(material, now) },
    { profile: against.profile, weights: weightsOf(against, before) },
    per,
  );
  const { profile } = difference;
  const support = supportOf(profile.samples.weight, null);
  if (support.samples === 0) return missing('Nothing was sampled in either.');
  return { profile, weights: profile.samples.weight, support, difference };
}

function missing(sentence: string): MissingView {
  return { missing: sentence };
}
