import { seededRandom } from '../../../src/load/arrivals/random.ts';
import type { Recording } from './recording.ts';

/** Length of the pieces that recordings are cut into, and how far from there a quieter moment is looked for, ms. */
const PIECE_MS = 500;
const REACH_MS = 150;

/** The recording with its requests moved by `shift` (ms, up to its length) in a circle, and its samples where they were. */
export function shifted(recording: Recording, shift: number): Recording {
  const { requests, span } = recording;
  const start = requests.start.map((at) => (at + shift) % span.end);
  const rows = [...start.keys()].sort((a, b) => start[a]! - start[b]!);
  const lasts = (row: number): number => requests.end[row]! - requests.start[row]!;
  return {
    ...recording,
    requests: {
      start: Float64Array.from(rows, (row) => start[row]!),
      end: Float64Array.from(rows, (row) => start[row]! + lasts(row)),
      latency: Float64Array.from(rows, (row) => requests.latency[row]!),
    },
  };
}

/**
 * Another recording such as this might have been: pieces of it, drawn with replacement until it is as long again. Requests go with the
 * piece they start in, samples with the pieces they stand in.
 */
export function resampled(recording: Recording, seed: number): Recording {
  const random = seededRandom(seed);
  const cuts = cutsOf(recording);
  const pieces = cuts.slice(1).map((end, index) => pieceOf(recording, cuts[index]!, end));
  const requests: { start: number; end: number; latency: number }[] = [];
  const samples: Sample[] = [];
  let at = 0;
  while (at < recording.span.end) {
    const piece = pieces[Math.floor(random() * pieces.length)]!;
    for (const { start, end, latency } of piece.requests) requests.push({ start: start + at, end: end + at, latency });
    for (const sample of piece.samples) samples.push({ ...sample, time: sample.time + at });
    at += piece.length;
  }
  const { profile } = recording;
  return {
    ...recording,
    span: { start: 0, end: at },
    requests: {
      start: Float64Array.from(requests, ({ start }) => start),
      end: Float64Array.from(requests, ({ end }) => end),
      latency: Float64Array.from(requests, ({ latency }) => latency),
    },
    profile: {
      ...profile,
      samples: {
        time: Float64Array.from(samples, ({ time }) => time),
        weight: Float64Array.from(samples, ({ weight }) => weight),
        stack: Int32Array.from(samples, ({ row }) => profile.samples.stack[row]!),
        thread: Int32Array.from(samples, ({ row }) => profile.samples.thread[row]!),
        state: Uint8Array.from(samples, ({ row }) => profile.samples.state[row]!),
      },
    },
  };
}

interface Sample {
  readonly row: number;
  readonly time: number;
  readonly weight: number;
}

interface Piece {
  readonly length: number;
  readonly requests: readonly { readonly start: number; readonly end: number; readonly latency: number }[];
  readonly samples: readonly Sample[];
}

function pieceOf({ requests, profile }: Recording, from: number, to: number): Piece {
  const rows = [...requests.start.keys()].filter((row) => requests.start[row]! >= from && requests.start[row]! < to);
  const { time, weight } = profile.samples;
  const samples: Sample[] = [];
  for (let row = 0; row < time.length; row++) {
    const begins = Math.max(time[row]!, from);
    const ends = Math.min(time[row]! + weight[row]!, to);
    if (begins < to && (ends > begins || (weight[row] === 0 && time[row]! >= from))) {
      samples.push({ row, time: begins - from, weight: Math.max(0, ends - begins) });
    }
  }
  // A sample that stood before the piece began now begins with it.
  samples.sort((a, b) => a.time - b.time);
  return {
    length: to - from,
    requests: rows.map((row) => ({
      start: requests.start[row]! - from,
      end: requests.end[row]! - from,
      latency: requests.latency[row]!,
    })),
    samples,
  };
}

/** Where the recording is cut: about every {@link PIECE_MS}, each where the fewest requests are in flight nearby. */
function cutsOf({ requests, span }: Recording): number[] {
  const changes = [
    ...Array.from(requests.start, (at) => ({ at, by: 1 })),
    ...Array.from(requests.end, (at) => ({ at, by: -1 })),
  ].sort((a, b) => a.at - b.at);
  const levels: { from: number; to: number; inFlight: number }[] = [];
  let inFlight = 0;
  let from = 0;
  for (const { at, by } of changes) {
    levels.push({ from, to: at, inFlight });
    inFlight += by;
    from = at;
  }
  levels.push({ from, to: Number.POSITIVE_INFINITY, inFlight });
  const count = Math.max(1, Math.round(span.end / PIECE_MS));
  const inner = Array.from({ length: count - 1 }, (_, index) => quietest(levels, ((index + 1) * span.end) / count));
  return [0, ...inner, span.end];
}

function quietest(
  levels: readonly { readonly from: number; readonly to: number; readonly inFlight: number }[],
  near: number,
): number {
  let best = near;
  let least = Number.POSITIVE_INFINITY;
  for (const { from, to, inFlight } of levels) {
    const low = Math.max(from, near - REACH_MS);
    const high = Math.min(to, near + REACH_MS);
    if (!(high > low) || inFlight >= least) continue;
    least = inFlight;
    best = (low + high) / 2;
  }
  return best;
}
