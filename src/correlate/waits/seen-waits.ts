import { type Profile, RUNNING, WAITING } from '../../profile/profile.ts';
import type { Look, SeenThread } from '../../runs/look.ts';
import { standsStill } from './wait-evidence.ts';

/** A place has to be seen so often, and never with a thread in motion, to be taken for one where threads wait. */
const FEWEST = 3;

/**
 * The profile with what looks at the target found out about where threads wait. py-spy's samples do not say who waited; the innermost
 * frame does where it is a function of Python's that only waits, but a lock taken in user code has no frame of its own. Where threads
 * whose innermost call stood at one line were never seen on a core or with the GIL, samples there are of waiting.
 */
export function withSeenWaits(profile: Profile, looks: readonly Look[]): Profile {
  const places = waitingPlaces(looks.flatMap(({ threads }) => threads?.seen ?? []));
  if (places.size === 0) return profile;
  const { samples, stacks, frames } = profile;
  const waits = stacks.frame.map((frame, node) => {
    const { function: name, file } = frames[frame]!;
    return Number(file !== null && places.has(keyOf(name, file, stacks.line[node]!)));
  });
  const state = samples.state.map((value, row) =>
    value === RUNNING && waits[samples.stack[row]!] === 1 ? WAITING : value,
  );
  return { ...profile, samples: { ...samples, state } };
}

function waitingPlaces(threads: readonly SeenThread[]): Set<string> {
  const counts = new Map<string, { all: number; moving: number }>();
  for (const thread of threads) {
    const innermost = thread.frames[0];
    if (innermost?.file == null || innermost.line === null) continue;
    const key = keyOf(innermost.function, innermost.file, innermost.line);
    const count = counts.get(key) ?? { all: 0, moving: 0 };
    counts.set(key, { all: count.all + 1, moving: count.moving + Number(!standsStill(thread)) });
  }
  const places = [...counts].filter(([, { all, moving }]) => all >= FEWEST && moving === 0);
  return new Set(places.map(([key]) => key));
}

function keyOf(name: string, file: string, line: number): string {
  return `${line}:${name}:${file}`;
}
