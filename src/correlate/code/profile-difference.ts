import { ratioResiduals } from '../../load/measure/ratio-residuals.ts';
import { frameLines } from '../../profile/frame-lines.ts';
import { type Frame, type Profile, RUNNING } from '../../profile/profile.ts';
import { ProfileBuilder } from '../../profile/profile-builder.ts';
import type { Blocks } from './blocks.ts';

/** A profile with one weight a sample, and the number of what its weight is counted by. */
export interface CountedProfile {
  readonly profile: Profile;
  readonly weights: Float64Array;
  readonly count: number;
  /** Of its time, and the part of the count that each has; null where the profile has no times. */
  readonly blocks: { readonly of: Blocks; readonly parts: readonly number[] } | null;
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
  /**
   * How sure now − before is: for each block of either run how far the path is from its mean there. The variance of any of them together is
   * the sum of the squares of what theirs sum to.
   */
  readonly residuals: readonly Float64Array[];
  /** Of now − before besides, of runs without times: as if each sample were independent of the others, which understates it. */
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
  const columns = { now: column(own.now), before: column(own.before) };
  const larger = columns.now.map((weight, row) => Math.max(weight, columns.before[row]!));
  const squares = (sums: ReadonlyMap<number, Sum>, stack: number): number => sums.get(stack)?.squares ?? 0;
  const variance = Float64Array.from(rows, (stack) => squares(own.now, stack) + squares(own.before, stack));
  const residuals = [residualsOfPaths(rows, own.now, now), residualsOfPaths(rows, own.before, before)].flat();
  return { profile: paths.build(now.profile, rows, larger), ...columns, residuals, variance, per };
}

/** For each block of a run, by row. */
function residualsOfPaths(
  rows: readonly number[],
  sums: ReadonlyMap<number, Sum>,
  { blocks }: CountedProfile,
): Float64Array[] {
  if (blocks === null) return [];
  const columns = blocks.parts.map(() => new Float64Array(rows.length));
  rows.forEach((stack, row) => {
    const sum = sums.get(stack);
    if (sum === undefined) return;
    ratioResiduals(sum.blocks, blocks.parts).forEach((residual, block) => {
      columns[block]![row] = residual;
    });
  });
  return columns;
}

interface Sum {
  weight: number;
  /** The sum of the squares of its samples' weights, where the profile has no times. */
  squares: number;
  /** Where it has: of the weight, not divided by the count. */
  readonly blocks: number[];
}

/** The stacks of several profiles as one tree of functions. */
class Paths {
  readonly #builder = new ProfileBuilder();
  /** By function and file: the frame that stands for it, the first that was seen. */
  readonly #frames = new Map<string, number>();

  /** @returns what is its own by stack, by the count */
  add({ profile, weights, count, blocks }: CountedProfile): Map<number, Sum> {
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
      const sum = own.get(stack) ?? { weight: 0, squares: 0, blocks: [] };
      own.set(stack, sum);
      sum.weight += weight;
      if (blocks === null) {
        // A weight that counts samples stands for so many of them.
        sum.squares += unit === 'samples' ? weight : weight ** 2;
        return;
      }
      const time = samples.time[row]!;
      blocks.of.spread(time, unit === 'ms' ? time + samples.weight[row]! : time, (block, share) => {
        sum.blocks[block] = (sum.blocks[block] ?? 0) + share * weight;
      });
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
