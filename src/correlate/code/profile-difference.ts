import { frameLines } from '../../profile/frame-lines.ts';
import { type Frame, type Profile, RUNNING } from '../../profile/profile.ts';
import { ProfileBuilder } from '../../profile/profile-builder.ts';

/** A profile with one weight a sample, and the number of what its weight is counted by. */
export interface CountedProfile {
  readonly profile: Profile;
  readonly weights: Float64Array;
  readonly count: number;
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
  /** Of now − before, as chance has it where samples fall: as if each were independent of the others, which understates it. */
  readonly variance: Float64Array;
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
  const column = (sums: ReadonlyMap<number, Sum>): Float64Array =>
    Float64Array.from(rows, (stack) => sums.get(stack)?.weight ?? 0);
  const columns = {
    now: column(own.now),
    before: column(own.before),
    variance: Float64Array.from(
      rows,
      (stack) => (own.now.get(stack)?.squares ?? 0) + (own.before.get(stack)?.squares ?? 0),
    ),
  };
  const larger = columns.now.map((weight, row) => Math.max(weight, columns.before[row]!));
  return { profile: paths.build(now.profile, rows, larger), ...columns, per };
}

interface Sum {
  weight: number;
  /** The sum of the squares of its samples' weights. */
  squares: number;
}

/** The stacks of several profiles as one tree of functions. */
class Paths {
  readonly #builder = new ProfileBuilder();
  /** By function and file: the frame that stands for it, the first that was seen. */
  readonly #frames = new Map<string, number>();

  /** @returns what is its own by stack, by the count */
  add({ profile, weights, count }: CountedProfile): Map<number, Sum> {
    const { stacks, frames, samples, unit } = profile;
    const lines = frameLines(profile);
    const frameOf = frames.map((frame, index) => this.#frameOf(frame, lines[index]!));
    const stackOf = new Int32Array(stacks.parent.length);
    // A parent always stands before its children.
    for (let node = 0; node < stackOf.length; node++) {
      const parent = stacks.parent[node]!;
      stackOf[node] = this.#builder.stack(parent < 0 ? -1 : stackOf[parent]!, frameOf[stacks.frame[node]!]!, 0);
    }
    const own = new Map<number, Sum>();
    samples.stack.forEach((node, row) => {
      const weight = weights[row]!;
      if (node < 0 || !(weight > 0)) return;
      const stack = stackOf[node]!;
      const sum = own.get(stack) ?? { weight: 0, squares: 0 };
      own.set(stack, sum);
      sum.weight += weight;
      // A weight that counts samples stands for so many of them.
      sum.squares += unit === 'samples' ? weight : weight ** 2;
    });
    for (const sum of own.values()) {
      sum.weight /= count;
      sum.squares /= count ** 2;
    }
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
