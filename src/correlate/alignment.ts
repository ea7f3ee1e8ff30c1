import { type Profile, RUNNING } from '../profile/profile.ts';
import type { Span } from './shares.ts';

/** Where a profile's times belong on the clock of the requests. */
export interface Alignment {
  /** Ms to add to the profile's times. */
  readonly offsetMs: number;
  /** Ms, to either side: every offset within it fits what was seen. */
  readonly errorMs: number;
}

/** Ms: offsets looked for, to either side, and in what steps. */
const MAX_OFFSET_MS = 300;
const STEP_MS = 0.5;
/** An estimate that is not this good, ms, is none. */
const MAX_ERROR_MS = 5;
/** The phase is compared in this many pieces, whose differences tell chance from offset. */
const BLOCKS = 40;
/** An offset is out where it is worse than the best one by so many standard errors, and by so many samples. */
const MIN_T = 3;
const MIN_WORSE = 8;
/** Fewer samples, or less of the time without any request in flight, and nothing can be told. */
const MIN_SAMPLES = 40;
/** Of more samples every so-many-th is taken: each is held against every offset. */
const MOST_SAMPLES = 100_000;
const MIN_EMPTY = 0.03;

/**
 * The offset between a profile and the requests it was taken under, from the data alone: a target that has nothing to do does not run,
 * so samples of running code must fall where some request was in flight. The estimate is the middle of all offsets that put no more
 * samples outside of requests than the best one does, beyond chance, by the differences in {@link BLOCKS} pieces of the phase.
 * Null where they do not agree within {@link MAX_ERROR_MS}: a request always in flight, a target that is busy without any, waits
 * that dwarf what runs, arrivals so even that other offsets fit as well.
 *
 * @param requests start and end of every one that was sent, ms
 */
export function estimateAlignment(
  profile: Profile,
  requests: { readonly start: Float64Array; readonly end: Float64Array },
  phase: Span,
): Alignment | null {
  if (!profile.hasTime) return null;
  const inFlight = inFlightSteps(requests, phase);
  if (inFlight.filter((value) => value === 0).length < MIN_EMPTY * inFlight.length) return null;
  const span = { start: phase.start + MAX_OFFSET_MS, end: phase.end - MAX_OFFSET_MS };
  const { samples } = profile;
  const all = samples.time.filter((time, row) => {
    return samples.state[row] === RUNNING && samples.stack[row]! >= 0 && time >= span.start && time < span.end;
  });
  if (all.length < MIN_SAMPLES) return null;
  const every = Math.ceil(all.length / MOST_SAMPLES);
  const times = all.filter((_, index) => index % every === 0);

  const lags = Math.round(MAX_OFFSET_MS / STEP_MS);
  const width = 2 * lags + 1;
  /** By piece of the phase and offset: samples that fall where no request was in flight. */
  const outside = Array.from({ length: BLOCKS }, () => new Float64Array(width));
  for (const time of times) {
    const own = outside[Math.floor(((time - span.start) / (span.end - span.start)) * BLOCKS)]!;
    const first = Math.floor((time - phase.start) / STEP_MS) - lags;
    for (let lag = 0; lag < width; lag++) if (inFlight[first + lag] === 0) own[lag]!++;
  }
  const total = outside.reduce((sum, own) => sum.map((value, lag) => value + own[lag]!), new Float64Array(width));
  const best = middleOfLeast(total);
  const fitting = [...total.keys()].filter((lag) => !isWorse(outside, lag, best));
  const [low, high] = [fitting[0]!, fitting.at(-1)!];
  const errorMs = ((high - low) / 2 + 1) * STEP_MS;
  if (errorMs > MAX_ERROR_MS) return null;
  // What was looked for in steps lies in the middle of its step.
  return { offsetMs: ((low + high) / 2 - lags) * STEP_MS, errorMs };
}

/** A profile whose times are `offsetMs` later. */
export function shiftedProfile(profile: Profile, offsetMs: number): Profile {
  const { samples } = profile;
  return { ...profile, samples: { ...samples, time: samples.time.map((time) => time + offsetMs) } };
}

/** By steps of the phase, 1 where some request was in flight. */
function inFlightSteps({ start, end }: { start: Float64Array; end: Float64Array }, phase: Span): Uint8Array {
  const steps = new Uint8Array(Math.ceil((phase.end - phase.start) / STEP_MS));
  start.forEach((from, row) => {
    const first = Math.max(0, Math.floor((from - phase.start) / STEP_MS));
    const last = Math.floor((end[row]! - phase.start) / STEP_MS);
    if (last >= first) steps.fill(1, first, last + 1);
  });
  return steps;
}

/** The middle of where a row of numbers is least; of several such places the first. */
function middleOfLeast(values: Float64Array): number {
  const least = values.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const first = values.indexOf(least);
  let last = first;
  while (values[last + 1] === least) last++;
  return Math.round((first + last) / 2);
}

function isWorse(outside: readonly Float64Array[], lag: number, best: number): boolean {
  const differences = outside.map((own) => own[lag]! - own[best]!);
  const sum = differences.reduce((a, b) => a + b, 0);
  if (sum < MIN_WORSE) return false;
  const mean = sum / differences.length;
  const variance = differences.reduce((all, value) => all + (value - mean) ** 2, 0) / (differences.length - 1);
  return mean >= MIN_T * Math.sqrt(variance / differences.length);
}
