import { type Profile, type ProfileUnit, RUNNING, WAITING } from '../../src/profile/profile.ts';
import { ProfileBuilder } from '../../src/profile/profile-builder.ts';

export const HALVES_FILE = '/srv/app.py';

/**
 * From 1000 to 2000 ms of run time `load` runs for the first half of every 100 ms, `score` for the second, of which the last 10 ms wait; one
 * sample each, all called by `handle`.
 */
export function halves(unit: ProfileUnit = 'ms'): Profile {
  const builder = new ProfileBuilder();
  const thread = builder.thread({ pid: 1, id: '1', name: 'main' });
  const frame = (name: string, line: number): number =>
    builder.frame({ function: name, file: HALVES_FILE, line, column: null });
  const root = builder.stack(-1, frame('handle', 1), 2);
  const stackOf = (name: string, line: number): number => builder.stack(root, frame(name, line), line + 1);
  for (let time = 1000; time < 2000; time += 100) {
    builder.sample(time, stackOf('load', 10), thread, unit === 'ms' ? 50 : 1, RUNNING);
    builder.sample(time + 50, stackOf('score', 20), thread, unit === 'ms' ? 40 : 1, RUNNING);
    builder.sample(time + 90, stackOf('score', 20), thread, unit === 'ms' ? 10 : 1, WAITING);
  }
  return builder.build('halves', unit, true);
}

/** Own weight by function: of one sample a path, or of all samples of a profile. */
export function selfTimes(profile: Profile, weights: Float64Array): Record<string, number> {
  const times: Record<string, number> = {};
  profile.samples.stack.forEach((stack, row) => {
    const weight = weights[row]!;
    if (!(weight > 0) || stack < 0) return;
    const name = profile.frames[profile.stacks.frame[stack]!]!.function;
    times[name] = Math.round(((times[name] ?? 0) + weight) * 1e6) / 1e6;
  });
  return times;
}

/** The same with a sample for each ms, as a sampler takes them. */
export function inPieces(profile: Profile): Profile {
  const { samples } = profile;
  const rows = [...samples.time.keys()].flatMap((row) =>
    Array.from({ length: samples.weight[row]! }, (_, ms) => ({ row, time: samples.time[row]! + ms })),
  );
  return {
    ...profile,
    samples: {
      time: Float64Array.from(rows, ({ time }) => time),
      stack: Int32Array.from(rows, ({ row }) => samples.stack[row]!),
      thread: Int32Array.from(rows, ({ row }) => samples.thread[row]!),
      weight: Float64Array.from(rows, () => 1),
      state: Uint8Array.from(rows, ({ row }) => samples.state[row]!),
    },
  };
}
