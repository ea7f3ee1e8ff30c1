import { hotspots } from '../../../src/profile/hotspots.ts';
import { type Profile, RUNNING } from '../../../src/profile/profile.ts';
import { isUserFrame } from '../../../src/profile/user-code.ts';

/** What the plain flame graph of all that ran has on top, by name; null where nothing ran. */
export interface NaiveReading {
  /** The function with the most time of its own. */
  readonly self: string | null;
  /** The function of the user's code with the most time of its own and of the libraries it calls, modules themselves left out. */
  readonly own: string | null;
}

export function naiveReading(profile: Profile): NaiveReading {
  const [top] = hotspots(profile).functions;
  return { self: top === undefined || top.self === 0 ? null : top.frame.function, own: ownTop(profile) };
}

function ownTop({ frames, stacks, samples }: Profile): string | null {
  const user = frames.map((frame) => isUserFrame(frame) && frame.function !== '<module>');
  const sums = new Float64Array(frames.length);
  for (let row = 0; row < samples.stack.length; row++) {
    if (samples.state[row] !== RUNNING) continue;
    let node = samples.stack[row]!;
    while (node >= 0 && user[stacks.frame[node]!] === false) node = stacks.parent[node]!;
    if (node >= 0) sums[stacks.frame[node]!]! += samples.weight[row]!;
  }
  const most = Math.max(0, ...sums);
  return most === 0 ? null : frames[sums.indexOf(most)]!.function;
}
