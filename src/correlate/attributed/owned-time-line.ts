import type { Profile } from '../../profile/profile.ts';
import type { ViewWeights } from '../overlap.ts';
import type { Span } from '../shares.ts';
import { type OwnedTime, type Owners, ownerAt } from './owners.ts';

/** py-spy lets about so much time pass between two samples: a stack that stood for longer was seen again after it. */
const PIECE_MS = 10;

/** Samples and the stretches of time worked for requests, ms, as correlations take them. */
export interface OwnedTimeLine {
  readonly profile: Profile;
  readonly requests: { readonly start: Float64Array; readonly end: Float64Array; readonly latency: Float64Array };
  readonly phase: Span;
}

/**
 * A time axis on which overlap in time is ownership: the phase once for each thread, one after the other, and in place of each request the
 * stretches in which a thread worked for it, with its latency. At any time of it one request is worked for, or none, so that the weights of
 * slow and other requests are 0 or 1. Weights of samples stay in ms, but each counts at its own moment only, which is when it was taken.
 *
 * @param latency ms, by row of the requests
 */
export function ownedTimeLine(profile: Profile, phase: Span, owners: Owners, latency: Float64Array): OwnedTimeLine {
  const length = phase.end - phase.start;
  const times = profile.threads.map((thread) => owners.of(thread));
  const known = [...times.keys()].filter((thread) => times[thread] !== null);
  /** By thread; those of which nothing is known come together, last. */
  const lane = times.map((time, thread) => (time === null ? known.length : known.indexOf(thread)));
  const { stack, thread, state } = profile.samples;
  const rows: { time: number; sample: number; weight: number }[] = [];
  eachPiece(profile, (sample, time, weight) => {
    if (time < phase.start || time >= phase.end) return;
    rows.push({ time: time + lane[thread[sample]!]! * length, sample, weight });
  });
  rows.sort((a, b) => a.time - b.time);
  return {
    profile: {
      ...profile,
      unit: 'samples',
      samples: {
        time: Float64Array.from(rows, ({ time }) => time),
        stack: Int32Array.from(rows, ({ sample }) => stack[sample]!),
        thread: Int32Array.from(rows, ({ sample }) => thread[sample]!),
        weight: Float64Array.from(rows, ({ weight }) => weight),
        state: Uint8Array.from(rows, ({ sample }) => state[sample]!),
      },
    },
    requests: stretches(
      known.map((one) => times[one]!),
      phase,
      latency,
    ),
    phase: { start: phase.start, end: phase.start + (known.length + 1) * length },
  };
}

/** The weights of all samples, running or waiting, in the views of slow and of other requests. @param mask 1 for a slow request, by row */
export function ownedViewWeights(profile: Profile, owners: Owners, mask: Uint8Array): ViewWeights {
  const count = profile.samples.time.length;
  const weights = { tail: new Float64Array(count), rest: new Float64Array(count) };
  const times = profile.threads.map((thread) => owners.of(thread));
  eachPiece(profile, (sample, at, weight) => {
    const time = times[profile.samples.thread[sample]!];
    const row = time == null ? -1 : ownerAt(time, at);
    if (row >= 0) weights[mask[row] === 1 ? 'tail' : 'rest'][sample]! += weight;
  });
  return weights;
}

/** Calls with a sample's row, a moment at which it was taken, and the weight it has there. */
export function eachPiece(profile: Profile, piece: (sample: number, time: number, weight: number) => void): void {
  const { time, weight, stack } = profile.samples;
  for (let row = 0; row < time.length; row++) {
    if (stack[row]! < 0 || !(weight[row]! > 0)) continue;
    const pieces = profile.unit === 'ms' ? Math.ceil(weight[row]! / PIECE_MS) : 1;
    for (let i = 0; i < pieces; i++) {
      piece(row, pieces === 1 ? time[row]! : time[row]! + (i * weight[row]!) / pieces, weight[row]! / pieces);
    }
  }
}

function stretches(times: readonly OwnedTime[], phase: Span, latency: Float64Array): OwnedTimeLine['requests'] {
  const length = phase.end - phase.start;
  const found: { start: number; end: number; latency: number }[] = [];
  times.forEach(({ start, end, row }, lane) => {
    for (let at = 0; at < start.length; at++) {
      const from = Math.max(start[at]!, phase.start);
      const to = Math.min(end[at]!, phase.end);
      if (!(to > from) || row[at]! < 0) continue;
      found.push({ start: from + lane * length, end: to + lane * length, latency: latency[row[at]!]! });
    }
  });
  return {
    start: Float64Array.from(found, (one) => one.start),
    end: Float64Array.from(found, (one) => one.end),
    latency: Float64Array.from(found, (one) => one.latency),
  };
}
