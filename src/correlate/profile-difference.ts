import { frameLines } from '../profile/frame-lines.ts';
import { type Frame, type Profile, RUNNING } from '../profile/profile.ts';
import { ProfileBuilder } from '../profile/profile-builder.ts';

/** A profile with one weight a sample, divided by what it is to be counted by. */
export interface CountedProfile {
  readonly profile: Profile;
  readonly weights: Float64Array;
}

/**
 * Two runs' profiles held against each other, path by path, a path being the functions called from the outermost in: lines move when code
 * is edited, so they make no path another one. Each sample of `profile` is one path that had weight of its own in either run, those that
 * are gone in the newer one and those that are new in it included; it weighs the larger of its `now` and `before`, which are its own
 * weight by `per`.
 *
 * What sums to what: the differences `now − before` of all paths sum to the difference of the two runs' totals, exactly, since every
 * sample with a stack is in one path; those of a path and all below it sum to its inclusive difference. The widths sum to
 * (total now + total before + Σ |now − before|) / 2, so a picture of them is wider than either run by half of what moved.
 */
export interface ProfileDifference {
  readonly profile: Profile;
  readonly now: Float64Array;
  readonly before: Float64Array;
  readonly per: 'request' | 'second';
}

/** @param now the newer run @param before the one it is held against, in the same unit */
export function comparedProfiles(
  now: CountedProfile,
  before: CountedProfile,
  per: ProfileDifference['per'],
): ProfileDifference {
  const paths = new Paths();
  const own = { now: paths.add(now), before: paths.add(before) };
  const rows = [...new Set([...own.now.keys(), ...own.before.keys()])];
  const column = (weights: ReadonlyMap<number, number>): Float64Array =>
    Float64Array.from(rows, (stack) => weights.get(stack) ?? 0);
  const columns = { now: column(own.now), before: column(own.before) };
  const larger = columns.now.map((weight, row) => Math.max(weight, columns.before[row]!));
  return { profile: paths.build(now.profile, rows, larger), ...columns, per };
}

/** The stacks of several profiles as one tree of functions. */
class Paths {
  readonly #builder = new ProfileBuilder();
  /** By function and file: the frame that stands for it, the first that was seen. */
  readonly #frames = new Map<string, number>();

  /** @returns the weight of its own by stack */
  add({ profile, weights }: CountedProfile): Map<number, number> {
    const { stacks, frames, samples } = profile;
    const lines = frameLines(profile);
    const frameOf = frames.map((frame, index) => this.#frameOf(frame, lines[index]!));
    const stackOf = new Int32Array(stacks.parent.length);
    // A parent always stands before its children.
    for (let node = 0; node < stackOf.length; node++) {
      const parent = stacks.parent[node]!;
      stackOf[node] = this.#builder.stack(parent < 0 ? -1 : stackOf[parent]!, frameOf[stacks.frame[node]!]!, 0);
    }
    const own = new Map<number, number>();
    samples.stack.forEach((node, row) => {
      const weight = weights[row]!;
      if (node < 0 || !(weight > 0)) return;
      const stack = stackOf[node]!;
      own.set(stack, (own.get(stack) ?? 0) + weight);
    });
    return own;
  }

  build({ name, unit }: Profile, stacks: readonly number[], weights: Float64Array): Profile {
    const thread = this.#builder.thread({ pid: 0, id: '', name: 'both runs' });
    stacks.forEach((stack, row) => {
      this.#builder.sample(Number.NaN, stack, thread, weights[row]!, RUNNING);
    });
    return this.#builder.build(name, unit, false);
  }

  #frameOf(frame: Frame, line: number): number {
    const key = JSON.stringify([frame.function, frame.file]);
    const known = this.#frames.get(key);
    if (known !== undefined) return known;
    const index = this.#builder.frame({
      ...frame,
      line: line > 0 ? line : null,
      column: frame.line === null ? null : frame.column,
    });
    this.#frames.set(key, index);
    return index;
  }
}
