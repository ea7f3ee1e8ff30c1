import { type Profile, RUNNING } from '../../profile/profile.ts';
import { ownedViewWeights } from '../attributed/owned-time-line.ts';
import { Owners, toldOf } from '../attributed/owners.ts';
import { clippedProfile } from '../clipped-profile.ts';
import { Blocks } from '../code/blocks.ts';
import { type CountedProfile, comparedProfiles, type ProfileDifference } from '../code/profile-difference.ts';
import { gpuIdleWeights, gpuProfile, whyNeverIdle } from '../gpu-idle.ts';
import { viewWeights } from '../overlap.ts';
import { type SlowIntervals, slowIntervals } from '../slow-intervals.ts';
import { chooseWaits, type WaitSupport } from './chosen-waits.ts';
import { isRequestView, type RequestKind, threadKey, type View } from './view.ts';
import type { ViewMaterial } from './view-material.ts';

/** What a view rests on. */
export interface ViewSupport {
  /** Samples that count at all, and what they come to in the profile's unit. */
  readonly samples: number;
  readonly total: number;
  readonly waits: WaitSupport | null;
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

/**
 * Why a run has not a view, as a sentence, without weighing what takes long; null where it seems to have it: nothing may have run while
 * the requests of a view were in flight. Not of differences, which need another run.
 */
export function whyMissing(view: Exclude<View, { kind: 'difference' }>, material: ViewMaterial): string | null {
  if (!isRequestView(view) || !material.profile.hasTime) {
    const weighed = weighView(view, material);
    return 'missing' in weighed ? weighed.missing : null;
  }
  const chosen = chooseWaits(view, material);
  return typeof chosen === 'string' ? chosen : null;
}

/**
 * What a view shows of a run. Only what ran counts, of a thread also what it waited in. A sample in a stretch's edge counts with the part
 * that lies within; which requests are slow is as in the whole run. @param against the other run of a difference
 */
export function weighView(view: View, material: ViewMaterial, against?: ViewMaterial): WeighedView | MissingView {
  if (view.kind === 'difference') return weighDifference(view, material, against);
  const needsTime = view.from !== undefined || isRequestView(view) || view.kind === 'gpu-idle';
  if (needsTime && !material.profile.hasTime)
    return missing('Its profile has no times, so it is not known what ran when.');
  const { from, to } = view;
  const clip: Clip = (profile) =>
    from === undefined || to === undefined ? profile : clippedProfile(profile, { start: from, end: to });
  const weighed = weighStretch(view, material, clip);
  if ('missing' in weighed) return weighed;
  const { profile, weights } = weighed;
  const support = supportOf(weights, weighed.waits);
  if (support.samples === 0) return missing(nothingIn(view));
  return { profile, weights, support, difference: null };
}

/** What lies in the stretch of a view. */
type Clip = (profile: Profile) => Profile;

interface Weighed {
  readonly profile: Profile;
  readonly weights: Float64Array;
  readonly waits: WaitSupport | null;
}

function weighStretch(
  view: Exclude<View, { kind: 'difference' }>,
  material: ViewMaterial,
  clip: Clip,
): Weighed | MissingView {
  const { profile, gpus, phase } = material;
  if (isRequestView(view)) return weighRequests(view, material, clip);
  if (view.kind === 'thread') {
    const { samples, threads } = clip(profile);
    const thread = threads.findIndex((one) => threadKey(one) === view.thread);
    if (thread < 0) return missing(`It has no thread ${view.thread}.`);
    return { profile, weights: samples.weight.map((w, row) => (samples.thread[row] === thread ? w : 0)), waits: null };
  }
  if (view.kind === 'all') return { profile, weights: running(clip(profile)), waits: null };
  if (gpus.length === 0)
    return missing('It knows of no GPU: measure on a machine with one, or give --gpu a file recorded there.');
  if (view.kind === 'gpu') {
    const gpu = gpus.find(({ gpu: name }) => name === view.gpu);
    if (gpu === undefined) return missing(`It has no GPU ${view.gpu}.`);
    const bands = gpuProfile(gpu);
    return { profile: bands, weights: clip(bands).samples.weight, waits: null };
  }
  const never = whyNeverIdle(gpus, phase);
  if (never !== null) return missing(never);
  return { profile, weights: running(profile, gpuIdleWeights(clip(profile), gpus)), waits: null };
}

function weighRequests(
  view: View & { readonly kind: RequestKind },
  material: ViewMaterial,
  clip: Clip,
): Weighed | MissingView {
  const { profile, attribution, clockErrorMs = 0 } = material;
  const chosen = chooseWaits(view, material);
  if (typeof chosen === 'string') return missing(chosen);
  const { intervals, tail, support } = chosen;
  // What a service tells is of whole requests, not of the part of one.
  const isOwned =
    attribution !== undefined &&
    (view.kind === 'slow' || view.kind === 'other') &&
    toldOf(attribution, intervals.request, profile.threads).isEnough;
  const sampled = clip(profile);
  const weights = isOwned
    ? ownedViewWeights(sampled, new Owners(attribution, intervals.request, clockErrorMs), tail.mask)
    : viewWeights(sampled, intervals, tail);
  return { profile, weights: running(profile, weights.tail), waits: { ...support, isTold: isOwned } };
}

/** What ran of what weighs something, by default all of it. */
function running({ samples }: Profile, weights = samples.weight): Float64Array {
  return weights.map((weight, row) => (samples.state[row] === RUNNING ? weight : 0));
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
  // Where nothing was answered, time is what they have in common.
  const per = answered.every(({ start }) => start.length > 0) ? 'request' : 'second';
  const [now, before] = [material, against].map((run, at) =>
    countedProfile(run, per === 'request' ? answered[at]! : null),
  );
  if (!(now!.count > 0 && before!.count > 0)) return missing('It is not known how long one of the two was profiled.');
  const difference = comparedProfiles(now!, before!, per);
  const { profile } = difference;
  const support = supportOf(profile.samples.weight, null);
  if (support.samples === 0) return missing('Nothing was sampled in either.');
  return { profile, weights: profile.samples.weight, support, difference };
}

/** What was sampled in the phase, whose requests these are, for each of them; for each second where there are none. */
function countedProfile({ profile: whole, phase }: ViewMaterial, requests: SlowIntervals | null): CountedProfile {
  const profile = clippedProfile(whole, phase);
  const count = requests === null ? (phase.end - phase.start) / 1000 : requests.start.length;
  const of = requests === null ? new Blocks(phase) : Blocks.of(requests, count);
  const parts = requests === null ? new Array<number>(of.count).fill(count / of.count) : of.requests(requests, null);
  return { profile, weights: running(profile), count, blocks: profile.hasTime ? { of, parts } : null };
}

function missing(sentence: string): MissingView {
  return { missing: sentence };
}
