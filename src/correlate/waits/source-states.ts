import { type Profile, RUNNING, WAITING } from '../../profile/profile.ts';
import { calledFrom } from '../roles/frame-role.ts';

/** Calls in which a thread does nothing, and which leave no frame of their own. */
const STANDS_STILL: ReadonlySet<string> = new Set(['sleep', 'lock', 'subprocess', 'network', 'name lookup']);

/**
 * A profile in which threads that stand at such a call wait: a sampler that sees only the interpreter's frames tells a thread in
 * `time.sleep()` by the line that called it, as one that runs. @param sourceLine the text of a line, null where it cannot be read
 */
export function withSourceStates(profile: Profile, sourceLine: (file: string, line: number) => string | null): Profile {
  const { stacks, frames, samples } = profile;
  const known = new Map<number, boolean>();
  const standsStill = (stack: number): boolean => {
    let still = known.get(stack);
    if (still === undefined) {
      const { file } = frames[stacks.frame[stack]!]!;
      const line = stacks.line[stack]!;
      const text = file === null || line <= 0 ? null : sourceLine(file, line);
      const called = text === null ? null : calledFrom(text, () => false);
      still = called !== null && STANDS_STILL.has(called.role.name);
      known.set(stack, still);
    }
    return still;
  };
  const state = samples.state.map((value, row) => {
    const stack = samples.stack[row]!;
    return value === RUNNING && stack >= 0 && standsStill(stack) ? WAITING : value;
  });
  return { ...profile, samples: { ...samples, state } };
}
