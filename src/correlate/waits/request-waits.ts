import { type Frame, type Profile, RUNNING, WAITING } from '../../profile/profile.ts';
import type { Attribution } from '../../runs/attribution.ts';
import { eachPiece } from '../attributed/owned-time-line.ts';
import { type OwnedTime, type Owners, ownerAt } from '../attributed/owners.ts';
import { lowerBound } from '../shares.ts';
import { asFrame, waitsForWork } from './wait-evidence.ts';

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

/** Between two steps of an event loop passes less than this where it has work. */
const IDLE_MS = 1;
/** What a service and the sender tell of one moment lies less than this apart: both read one clock. */
const CLOCKS_MS = 1;

/** What is collected of one place. */
class PlaceWaits {
  readonly place: WaitPlace;
  readonly #suspended = new Map<number, Stretch[]>();
  readonly #stood = new Map<number, number>();
  #begins = 0;
  #count = 0;

  constructor(place: WaitPlace) {
    this.place = place;
  }

  suspend(row: number, stretch: Stretch, begins: number): void {
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
  total(lengths: Float64Array): Float64Array {
    const total = new Float64Array(lengths.length);
    for (const [row, stretches] of this.#suspended) total[row]! += unionOf(stretches);
    for (const [row, ms] of this.#stood) total[row]! += ms;
    return total.map((ms, row) => Math.min(ms, lengths[row]!));
  }

  #began(after: number): void {
    this.#begins += after;
    this.#count++;
  }
}

/**
 * Where requests waited, by what the service told: suspended at an await, or with their thread standing still. Each wait counts for the
 * innermost line of user code. A coroutine waited for something outside up to the last moment at which its event loop had nothing to do:
 * had it been ready, it would have gone on. After that it may just as well have waited for the loop, which counts for no line. What went on
 * when the request was answered was not waited for by it.
 *
 * @param owners with the error of the profile's times allowed for, by which samples are told whose they are
 * @param exact without, as the service told it
 */
export function requestWaits(
  profile: Profile,
  attribution: Attribution,
  owners: Owners,
  exact: Owners,
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
  const loops = attribution.threads.map(
    (_, thread) => new LoopTime(exact.timeOf(thread), ranAt(profile, attribution, thread)),
  );
  for (let at = 0; at < suspended.start.length; at++) {
    const row = exact.rowOf(suspended.request[at]!);
    const place = placed[suspended.place[at]!] ?? null;
    if (row < 0 || place === null || suspended.end[at]! > requests.end[row]! + CLOCKS_MS) continue;
    const start = Math.max(suspended.start[at]!, requests.start[row]!);
    const end = loops[suspended.thread[at]!]!.lastIdle(start, Math.min(suspended.end[at]!, requests.end[row]!));
    if (end > start) waitsAt(place).suspend(row, { start, end }, start - requests.start[row]!);
  }
  if (profile.unit === 'ms') {
    const standing = standingLines(profile, isUserCode);
    const times = profile.threads.map((thread) => owners.of(thread));
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
    waited: all.map((waits) => waits.total(lengths)),
    begins: all.map(({ begins }) => begins),
  };
}

/** When the thread of an event loop had something to do: it worked for a request, or was seen to run. */
class LoopTime {
  readonly #worked: OwnedTime | null;
  readonly #ran: Float64Array;

  /** @param ran times at which it was seen to run, ascending */
  constructor(worked: OwnedTime | null, ran: Float64Array) {
    this.#worked = worked;
    this.#ran = ran;
  }

  /** The last moment between two times at which it had nothing to do; `from` where there was none. */
  lastIdle(from: number, to: number): number {
    if (this.#worked === null) return to;
    const { start, end } = this.#worked;
    let until = to;
    for (let at = lowerBound(start, to) - 1; until > from; at--) {
      const since = Math.max(from, at < 0 ? from : end[at]!);
      if (until - since >= IDLE_MS && !this.#ranBetween(since, until)) return until;
      if (at < 0) return from;
      until = Math.min(until, start[at]!);
    }
    return from;
  }

  #ranBetween(from: number, to: number): boolean {
    return (this.#ran[lowerBound(this.#ran, from + IDLE_MS)] ?? Number.POSITIVE_INFINITY) < to - IDLE_MS;
  }
}

/** When a thread of the attribution was seen to run. */
function ranAt({ samples, threads }: Profile, attribution: Attribution, thread: number): Float64Array {
  const { pid, id } = attribution.threads[thread]!;
  const own = threads.findIndex((one) => one.pid === pid && one.id === id);
  return samples.time.filter((_, row) => samples.thread[row] === own && samples.state[row] === RUNNING);
}

/** How long the union of stretches is. */
function unionOf(stretches: readonly Stretch[]): number {
  let length = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { start, end } of stretches.toSorted((a, b) => a.start - b.start)) {
    if (!(end > until)) continue;
    length += end - Math.max(start, until);
    until = end;
  }
  return length;
}

/** Per stack the innermost line of user code that asked for what happens there; null where there is none, or its line is not known. */
function standingLines({ stacks, frames }: Profile, isUserCode: (frame: Frame) => boolean): (WaitPlace | null)[] {
  const lines: (WaitPlace | null)[] = [];
  stacks.frame.forEach((index, node) => {
    const frame = frames[index]!;
    const line = stacks.line[node]!;
    const parent = stacks.parent[node]!;
    if (isUserCode(frame) && frame.file !== null && line > 0) {
      lines.push({ function: frame.function, file: frame.file, line });
    } else lines.push(parent < 0 || waitsForWork(frame) ? null : lines[parent]!);
  });
  return lines;
}
