import type { ProfileDifference } from '../correlate/code/profile-difference.ts';
import { type Frame, type Profile, RUNNING } from '../profile/profile.ts';
import { ProfileBuilder } from '../profile/profile-builder.ts';
import { shortPath } from '../profile/user-code.ts';
import { clearSign } from './difference-signs.ts';

/**
 * A difference as a profile for the flame graph: each call is named with the sign of what it and all below it took more or less. The flame
 * graph colours by name, so where it is declared stands there too, in the form of its own. @param root what paths are shown relative to
 */
export function signedProfile({ profile, now, before, residuals, variance }: ProfileDifference, root: string): Profile {
  const { stacks, frames, samples } = profile;
  const [nows, befores, variances] = [now, before, variance].map((weights) => inclusive(profile, weights));
  for (const block of residuals) {
    inclusive(profile, block).forEach((residual, node) => {
      variances![node]! += residual ** 2;
    });
  }
  const sum = (weights: Float64Array): number => weights.reduce((total, weight) => total + weight, 0);
  const all = Math.max(sum(now), sum(before));
  const builder = new ProfileBuilder();
  const thread = builder.thread({ pid: 0, id: '', name: 'both runs' });
  const stackOf = new Int32Array(stacks.parent.length);
  for (let node = 0; node < stackOf.length; node++) {
    const sign = clearSign(nows![node]!, befores![node]!, variances![node]!, all);
    const name = placedName(frames[stacks.frame[node]!]!, root);
    const text = sign === null ? name : `${sign} ${name}`;
    const frame = builder.frame({ function: text, file: null, line: null, column: null });
    const parent = stacks.parent[node]!;
    stackOf[node] = builder.stack(parent < 0 ? -1 : stackOf[parent]!, frame, 0);
  }
  samples.stack.forEach((node, row) => {
    builder.sample(Number.NaN, stackOf[node]!, thread, samples.weight[row]!, RUNNING);
  });
  return builder.build(profile.name, profile.unit, false);
}

/** Per node of the stack tree its own weight and that of all that it calls. */
function inclusive({ stacks, samples }: Profile, weights: Float64Array): Float64Array {
  const sums = new Float64Array(stacks.parent.length);
  samples.stack.forEach((node, row) => {
    sums[node]! += weights[row]!;
  });
  // Children stand after their parents.
  for (let node = sums.length - 1; node >= 0; node--) {
    const parent = stacks.parent[node]!;
    if (parent >= 0) sums[parent]! += sums[node]!;
  }
  return sums;
}

function placedName({ function: name, file, line }: Frame, root: string): string {
  const shown = name === '' ? '(anonymous)' : name;
  if (file === null) return shown;
  return line === null ? `${shown} (${shortPath(file, root)})` : `${shown} (${shortPath(file, root)}:${line})`;
}
