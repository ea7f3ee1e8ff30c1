import { type Frame, type Profile, WAITING } from '../profile/profile.ts';
import type { Attribution } from '../runs/attribution.ts';
import { eachPiece } from './owned-time-line.ts';
import { type Owners, ownerAt, workedBetween } from './owners.ts';
import { asFrame } from './wait-evidence.ts';

/** A line of user code that requests waited at. */
export interface WaitPlace {
  readonly function: string;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** How long each request waited where, ms. */
export interface RequestWaits {
  readonly places: readonly WaitPlace[];
  /** By place, by row of the requests. */
  readonly waited: readonly Float64Array[];
  /** By place: how long after a request's start the waits there began, in the mean. What awaits another begins before it. */
  readonly begins: readonly number[];
}

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/** What is collected of one place. */
class PlaceWaits {
  readonly place: WaitPlace;
  readonly #suspended = new Map<number, (Stretch & { readonly thread: number })[]>();
  readonly #stood = new Map<number, number>();
  #begins = 0;
  #count = 0;

  constructor(place: WaitPlace) {
    this.place = place;
  }

  suspend(row: number, stretch: Stretch & { readonly thread: number }, begins: number): void {
    const known = this.#suspended.get(row);
    if (known === undefined) this.#suspended.set(row, [stretch]);
    else known.push(stretch);
    this.#began(begins);
  }

  stand(row: number, ms: number, begins: number): void {
    this.#stood.set(row, (this.#stood.get(row) ?? 0) + ms);
    this.#began(begins);
  }

  get begins(): number {
    return this.#begins / this.#count;
  }

  /** By row, no longer than each request took. */
  total(owners: Owners, lengths: Float64Array): Float64Array {
    const total = new Float64Array(lengths.length);
    for (const [row, stretches] of this.#suspended) total[row]! += idleTime(stretches, owners);
    for (const [row, ms] of this.#stood) total[row]! += ms;
    return total.map((ms, row) => Math.min(ms, lengths[row]!));
  }

  #began(after: number): void {
    this.#begins += after;
    this.#count++;
  }
}

/**
 * Where requests waited, by what the service told: suspended at an await while the thread of their event loop did nothing for anyone
 * (where it worked for another request, they may just as well have waited for that), or with their thread standing still. Each wait
 * counts for the innermost line of user code.
 */
export function requestWaits(
  profile: Profile,
  attribution: Attribution,
  owners: Owners,
  requests: { readonly start: Float64Array; readonly end: Float64Array },
  isUserCode: (frame: Frame) => boolean,
): RequestWaits {
  const found = new Map<string, PlaceWaits>();
  const waitsAt = (place: WaitPlace): PlaceWaits => {
    const key = `${place.line}:${place.file}`;
    const known = found.get(key);
    if (known !== undefined) return known;
    const made = new PlaceWaits(place);
    found.set(key, made);
    return made;
  };
  const { suspended, places } = attribution;
  const placed = places.map((frames) => {
    const user = frames.find((frame) => isUserCode(asFrame(frame)));
    return user?.file != null && user.line !== null ? { ...user, file: user.file, line: user.line } : null;
  });
  for (let at = 0; at < suspended.start.length; at++) {
    const row = owners.rowOf(suspended.request[at]!);
    const place = placed[suspended.place[at]!] ?? null;
    if (row < 0 || place === null) continue;
    const start = Math.max(suspended.start[at]!, requests.start[row]!);
    const end = Math.min(suspended.end[at]!, requests.end[row]!);
    if (end > start)
      waitsAt(place).suspend(row, { start, end, thread: suspended.thread[at]! }, start - requests.start[row]!);
  }
  const standing = userLines(profile, isUserCode);
  const times = profile.threads.map((thread) => owners.of(thread));
  if (profile.unit === 'ms') {
    eachPiece(profile, (sample, time, ms) => {
      const thread = times[profile.samples.thread[sample]!];
      const place = standing[profile.samples.stack[sample]!];
      if (profile.samples.state[sample] !== WAITING || thread == null || place == null) return;
      const row = ownerAt(thread, time);
      if (row >= 0) waitsAt(place).stand(row, ms, Math.max(0, time - requests.start[row]!));
    });
  }
  const all = [...found.values()];
  const lengths = requests.end.map((end, row) => end - requests.start[row]!);
  return {
    places: all.map(({ place }) => place),
    waited: all.map((waits) => waits.total(owners, lengths)),
    begins: all.map(({ begins }) => begins),
  };
}

/** The union of stretches, without the time in which their thread worked. */
function idleTime(stretches: readonly (Stretch & { readonly thread: number })[], owners: Owners): number {
  let idle = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { start, end, thread } of stretches.toSorted((a, b) => a.start - b.start)) {
    const from = Math.max(start, until);
    if (!(end > from)) continue;
    const time = owners.timeOf(thread);
    idle += end - from - (time === null ? 0 : workedBetween(time, from, end));
    until = end;
  }
  return Math.max(0, idle);
}

/** Per stack the innermost line of user code; null where there is none, or its line is not known. */
function userLines({ stacks, frames }: Profile, isUserCode: (frame: Frame) => boolean): (WaitPlace | null)[] {
  const lines: (WaitPlace | null)[] = [];
  stacks.frame.forEach((index, node) => {
    const frame = frames[index]!;
    const line = stacks.line[node]!;
    const parent = stacks.parent[node]!;
    if (isUserCode(frame) && frame.file !== null && line > 0) {
      lines.push({ function: frame.function, file: frame.file, line });
    } else lines.push(parent < 0 ? null : lines[parent]!);
  });
  return lines;
}
