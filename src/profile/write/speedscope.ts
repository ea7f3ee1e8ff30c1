import { frameLines } from '../frame-lines.ts';
import type { Profile } from '../profile.ts';

/** One of the profiles of a speedscope file. */
export interface ProfileView {
  readonly name: string;
  /** Weight per sample of the profile, in its unit; a sample of weight 0 is left out. */
  readonly weights: Float64Array;
}

/** More samples than this are summed by stack: the order in time goes, and the window keeps its memory. */
const MAX_SAMPLES = 100_000;
const UNITS = { ms: 'milliseconds', samples: 'none', bytes: 'bytes' } as const;

/** A profile with the views of it to be written. */
export interface ViewedProfile {
  readonly profile: Profile;
  readonly views: readonly ProfileView[];
}

/** A file of speedscope's JSON with the views as its profiles; views without weight are left out. Null where none is left. */
export function writeSpeedscope(sources: readonly ViewedProfile[], name: string): string | null {
  const frames: object[] = [];
  const profiles: object[] = [];
  for (const { profile, views } of sources) {
    const kept = views.filter(({ weights }) => weights.some((weight) => weight > 0));
    if (kept.length === 0) continue;
    const stacks = stackFrames(profile, frames.length);
    profiles.push(...kept.map((view) => sampledProfile(profile, view, stacks)));
    frames.push(...namedFrames(profile));
  }
  if (profiles.length === 0) return null;
  return JSON.stringify({
    $schema: 'https://www.speedscope.app/file-format-schema.json',
    exporter: 'Tailflame',
    name,
    activeProfileIndex: 0,
    shared: { frames },
    profiles,
  });
}

function namedFrames(profile: Profile): object[] {
  const lines = frameLines(profile);
  return profile.frames.map((frame, index) => ({
    name: frame.function === '' ? '(anonymous)' : frame.function,
    ...(frame.file === null ? {} : { file: frame.file }),
    ...(lines[index] === 0 ? {} : { line: lines[index] }),
    ...(frame.column === null || frame.line === null ? {} : { col: frame.column }),
  }));
}

function sampledProfile(profile: Profile, { name, weights }: ProfileView, stacks: readonly number[][]) {
  const rows = [...weights.keys()].filter((row) => weights[row]! > 0 && profile.samples.stack[row]! >= 0);
  const merged = rows.length > MAX_SAMPLES ? summedByStack(profile, weights, rows) : inOrder(profile, weights, rows);
  return {
    type: 'sampled',
    name,
    unit: UNITS[profile.unit],
    startValue: 0,
    endValue: merged.reduce((sum, [, weight]) => sum + weight, 0),
    samples: merged.map(([stack]) => stacks[stack]!),
    weights: merged.map(([, weight]) => weight),
  };
}

/** Stack and weight of each sample, neighbours on the same stack as one. */
function inOrder({ samples }: Profile, weights: Float64Array, rows: readonly number[]): [number, number][] {
  const merged: [number, number][] = [];
  for (const row of rows) {
    const last = merged.at(-1);
    if (last !== undefined && last[0] === samples.stack[row]) last[1] += weights[row]!;
    else merged.push([samples.stack[row]!, weights[row]!]);
  }
  return merged;
}

function summedByStack({ samples }: Profile, weights: Float64Array, rows: readonly number[]): [number, number][] {
  const sums = new Map<number, number>();
  for (const row of rows) {
    const stack = samples.stack[row]!;
    sums.set(stack, (sums.get(stack) ?? 0) + weights[row]!);
  }
  return [...sums];
}

/** Frames of every stack, outermost first, as they stand in a file that has `before` others before them. */
function stackFrames({ stacks }: Profile, before: number): number[][] {
  const frames: number[][] = [];
  for (let node = 0; node < stacks.frame.length; node++) {
    frames.push([...(frames[stacks.parent[node]!] ?? []), before + stacks.frame[node]!]);
  }
  return frames;
}
