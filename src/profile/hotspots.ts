import { type Frame, type Profile, RUNNING } from './profile.ts';

/** Weights in the profile's unit, shares 0–1 of {@link Hotspots.total}. */
export interface Hotspot {
  readonly self: number;
  readonly total: number;
  readonly selfShare: number;
  readonly totalShare: number;
}
export interface FunctionHotspot extends Hotspot {
  readonly frame: Frame;
}
export interface LineHotspot extends Hotspot {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** Of the function the line is most often executed in. */
  readonly function: string;
}
export interface Hotspots {
  /** All running weight. */
  readonly total: number;
  /** Largest self first. */
  readonly functions: FunctionHotspot[];
  readonly lines: LineHotspot[];
}

interface Sum {
  self: number;
  total: number;
  /** The last sample counted into `total`, so that a recursive call counts once. */
  seen: number;
}

/**
 * Self and total weight of what ran, by function and by executing line: self where it is the innermost call, total where it is any.
 * `weights` take the place of the samples' own, as a view does (slow requests only); waiting samples are left out.
 */
export function hotspots(profile: Profile, weights: Float64Array = profile.samples.weight): Hotspots {
  const { samples, stacks, frames } = profile;
  const functions: Sum[] = frames.map(() => ({ self: 0, total: 0, seen: -1 }));
  const lines = new Map<string, Sum & { file: string; line: number; function: string }>();
  let total = 0;
  const perStack = stackWeights(profile, weights);
  perStack.forEach((weight, stack) => {
    if (!(weight > 0)) return;
    total += weight;
    for (let node = stack; node >= 0; node = stacks.parent[node]!) {
      const frame = frames[stacks.frame[node]!]!;
      add(functions[stacks.frame[node]!]!, weight, stack, node === stack);
      const line = stacks.line[node]!;
      if (frame.file === null || line <= 0) continue;
      const key = `${line}:${frame.file}`;
      let sum = lines.get(key);
      if (sum === undefined) {
        sum = { self: 0, total: 0, seen: -1, file: frame.file, line, function: frame.function };
        lines.set(key, sum);
      }
      add(sum, weight, stack, node === stack);
    }
  });
  // Samples without any stack stay part of the total, as they stay part of the time.
  for (let row = 0; row < samples.stack.length; row++) {
    if (samples.stack[row]! < 0 && samples.state[row] === RUNNING) total += weights[row]!;
  }
  const shares = ({ self, total: inclusive }: Sum): Hotspot => ({
    self,
    total: inclusive,
    selfShare: self / total,
    totalShare: inclusive / total,
  });
  const order = (a: Hotspot, b: Hotspot): number => b.self - a.self || b.total - a.total;
  return {
    total,
    functions: functions
      .map((sum, index) => ({ frame: frames[index]!, ...shares(sum) }))
      .filter((spot) => spot.total > 0)
      .sort(order),
    lines: [...lines.values()]
      .map((sum) => ({ file: sum.file, line: sum.line, function: sum.function, ...shares(sum) }))
      .sort(order),
  };
}

function stackWeights({ samples, stacks }: Profile, weights: Float64Array): Float64Array {
  const sums = new Float64Array(stacks.parent.length);
  for (let row = 0; row < samples.stack.length; row++) {
    const stack = samples.stack[row]!;
    if (stack >= 0 && samples.state[row] === RUNNING) sums[stack]! += weights[row]!;
  }
  return sums;
}

function add(sum: Sum, weight: number, sample: number, innermost: boolean): void {
  if (innermost) sum.self += weight;
  if (sum.seen === sample) return;
  sum.seen = sample;
  sum.total += weight;
}
