import path from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';
import type { Span } from '../../../src/correlate/shares.ts';
import { type Frame, type Profile, RUNNING } from '../../../src/profile/profile.ts';

/** The answered requests of a stretch by column, ms on the recording's clock, by their start. */
export interface RecordedRequests {
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly latency: Float64Array;
}

/** What is kept of a profiled stretch: enough to ask again what its slow requests had in common. */
export interface Recording {
  /** Begins at 0, ms. */
  readonly span: Span;
  /** Of the alignment between samples and requests, ms. */
  readonly clockError: number;
  readonly requests: RecordedRequests;
  /** On the same clock. */
  readonly profile: Profile;
}

/** Times are kept to this, ms: V8 samples every 0.2 ms. */
const TICK_MS = 0.01;
/** Samples of one stack that follow each other become one, up to this long, ms: it is shorter than what is looked at at a time. */
const LONGEST_RUNNING_MS = 1;
/** What paths begin with that are of the repository. */
export const REPOSITORY = 'repository:';
const PYTHON_LIBRARY = /^.*[\\/](lib[\\/]python\d[\d.]*[\\/].*)$/;

interface Written {
  length: number;
  clockError: number;
  /** Ticks: starts since the one before; how long; latency beyond that. */
  starts: number[];
  lengths: number[];
  beyond: number[];
  name: string;
  frames: (string | number | null)[][];
  threads: (string | number)[][];
  stacks: { parent: number[]; frame: number[]; line: number[] };
  /** Times in ticks since the one before. */
  samples: { time: number[]; weight: number[]; stack: number[]; thread: number[]; state: number[] };
}

/** Cuts what is kept out of a run: times become relative to the stretch, paths to `root`, so that they say nothing of the machine. */
export function recordingOf(
  profile: Profile,
  requests: RecordedRequests,
  span: Span,
  clockError: number,
  root: string,
): Recording {
  const rows = [...requests.start.keys()].sort((a, b) => requests.start[a]! - requests.start[b]!);
  const moved = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row]! - span.start);
  return {
    span: { start: 0, end: span.end - span.start },
    clockError,
    requests: {
      start: moved(requests.start),
      end: moved(requests.end),
      latency: Float64Array.from(rows, (row) => requests.latency[row]!),
    },
    profile: {
      ...profile,
      frames: profile.frames.map((frame) => ({ ...frame, file: portableFile(frame.file, root) })),
      threads: profile.threads.map((thread, index) => ({ pid: 1, id: String(index), name: thread.name })),
      samples: samplesWithin(profile, span),
    },
  };
}

/** The recording with the paths of a working copy at `root`. */
export function placedAt(recording: Recording, root: string): Recording {
  const frames = recording.profile.frames.map(
    (frame): Frame => ({
      ...frame,
      file: frame.file?.startsWith(REPOSITORY) ? path.join(root, frame.file.slice(REPOSITORY.length)) : frame.file,
    }),
  );
  return { ...recording, profile: { ...recording.profile, frames } };
}

export function writeRecording({ span, clockError, requests, profile }: Recording): Uint8Array {
  const { samples, stacks } = profile;
  const written: Written = {
    length: ticks(span.end),
    clockError,
    starts: steps(requests.start),
    lengths: Array.from(requests.end, (end, row) => ticks(end) - ticks(requests.start[row]!)),
    beyond: Array.from(requests.latency, (latency, row) =>
      ticks(latency - (requests.end[row]! - requests.start[row]!)),
    ),
    name: profile.name,
    frames: profile.frames.map(({ function: name, file, line, column }) => [name, file, line, column]),
    threads: profile.threads.map(({ pid, id, name }) => [pid, id, name]),
    stacks: { parent: [...stacks.parent], frame: [...stacks.frame], line: [...stacks.line] },
    samples: {
      time: steps(samples.time),
      weight: Array.from(samples.weight, ticks),
      stack: [...samples.stack],
      thread: [...samples.thread],
      state: [...samples.state],
    },
  };
  return brotliCompressSync(JSON.stringify(written), { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
}

/** Reads what {@link writeRecording} wrote. */
export function readRecording(bytes: Uint8Array): Recording {
  const written = JSON.parse(brotliDecompressSync(bytes).toString()) as Written;
  const start = sums(written.starts);
  const end = start.map((at, row) => at + written.lengths[row]! * TICK_MS);
  const { samples, stacks } = written;
  return {
    span: { start: 0, end: written.length * TICK_MS },
    clockError: written.clockError,
    requests: { start, end, latency: end.map((at, row) => at - start[row]! + written.beyond[row]! * TICK_MS) },
    profile: {
      name: written.name,
      unit: 'ms',
      hasTime: true,
      frames: written.frames.map(([name, file, line, column]) => ({
        function: name as string,
        file: file as string | null,
        line: line as number | null,
        column: column as number | null,
      })),
      threads: written.threads.map(([pid, id, name]) => ({
        pid: pid as number,
        id: id as string,
        name: name as string,
      })),
      stacks: {
        parent: Int32Array.from(stacks.parent),
        frame: Int32Array.from(stacks.frame),
        line: Int32Array.from(stacks.line),
      },
      samples: {
        time: sums(samples.time),
        weight: Float64Array.from(samples.weight, (weight) => weight * TICK_MS),
        stack: Int32Array.from(samples.stack),
        thread: Int32Array.from(samples.thread),
        state: Uint8Array.from(samples.state),
      },
    },
  };
}

/** The samples of a stretch, those of one stack that follow each other joined. */
function samplesWithin({ samples }: Profile, span: Span): Profile['samples'] {
  const time: number[] = [];
  const weight: number[] = [];
  const rows: number[] = [];
  const last = new Map<number, number>();
  for (let row = 0; row < samples.time.length; row++) {
    const at = samples.time[row]!;
    const from = Math.max(at, span.start);
    const lasts = Math.min(at + samples.weight[row]!, span.end) - from;
    // What has no length is still a sample.
    if (at >= span.end || (at < span.start && !(lasts > 0))) continue;
    const thread = samples.thread[row]!;
    const before = last.get(thread);
    if (before !== undefined && continues(samples, rows[before]!, row)) {
      const together = from + lasts - (time[before]! + span.start);
      const gap = from - (time[before]! + span.start + weight[before]!);
      if (gap <= TICK_MS && (samples.state[row] !== RUNNING || together <= LONGEST_RUNNING_MS)) {
        weight[before] = together;
        continue;
      }
    }
    last.set(thread, rows.length);
    rows.push(row);
    time.push(from - span.start);
    weight.push(Math.max(0, lasts));
  }
  return {
    time: Float64Array.from(time),
    weight: Float64Array.from(weight),
    stack: Int32Array.from(rows, (row) => samples.stack[row]!),
    thread: Int32Array.from(rows, (row) => samples.thread[row]!),
    state: Uint8Array.from(rows, (row) => samples.state[row]!),
  };
}

function continues(samples: Profile['samples'], before: number, row: number): boolean {
  return samples.stack[before] === samples.stack[row] && samples.state[before] === samples.state[row];
}

/** A path that says nothing of the machine. */
export function portableFile(file: string | null, root: string): string | null {
  if (file === null || !path.isAbsolute(file)) return file;
  const relative = path.relative(root, file);
  if (!relative.startsWith('..') && !path.isAbsolute(relative)) return REPOSITORY + relative.split(path.sep).join('/');
  const library = PYTHON_LIBRARY.exec(file)?.[1];
  return library === undefined ? path.basename(file) : `/${library}`;
}

function ticks(ms: number): number {
  return Math.round(ms / TICK_MS);
}

function steps(times: Float64Array): number[] {
  return Array.from(times, (at, row) => ticks(at) - (row === 0 ? 0 : ticks(times[row - 1]!)));
}

function sums(stepsOf: readonly number[]): Float64Array {
  let at = 0;
  return Float64Array.from(stepsOf, (step) => {
    at += step;
    return at * TICK_MS;
  });
}
