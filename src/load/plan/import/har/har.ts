import { LIMITS } from '../../limits.ts';
import { knownNames } from '../../nearest.ts';
import { METHODS } from '../../plan.ts';
import { PlanError } from '../../plan-error.ts';
import type { ImportedRequest } from '../imported-request.ts';
import { type HarEntry, harArchive, harRequestLines } from './har-archive.ts';
import { recordedRequest } from './har-request.ts';

/** Which entries of a recording are meant; null: all of them. */
export interface HarChoice {
  /** Its number, from 1. */
  readonly entry: number | null;
  /** A text in `POST http://host/path`, upper or lower case. */
  readonly match: string | null;
}

export const ALL_ENTRIES: HarChoice = { entry: null, match: null };

/** A plan of more steps than this is no longer what anybody meant. */
const MOST_REQUESTS = 1000;
/** Ms. A page's own programs pause for less. */
const SHORTEST_PAUSE = 10;

/**
 * The requests of a recording (HTTP Archive 1.2), at least one, in the order they were sent, with the pauses between them. Those to other
 * hosts than the one most of them go to are left out, as are those a browser makes by itself. Throws a {@link PlanError} for what is no
 * archive, for one without such a request, and for too many.
 *
 * @param file what it is called
 */
export function importHar(text: string, file: string, choice: HarChoice = ALL_ENTRIES): ImportedRequest[] {
  const { entries, faults } = harArchive(text, file);
  const meant = chosenEntries(entries, choice, file);
  const sendable = meant.filter(({ request }) => reasonAgainst(request) === null);
  const origin = mostCommon(sendable.map(({ request }) => new URL(request.url).origin));
  const kept = inTime(sendable.filter(({ request }) => new URL(request.url).origin === origin));
  const left = [...leftOut(meant), ...elsewhere(sendable, origin), ...(choice.entry === null ? faults : [])];
  if (kept.length === 0) throw new PlanError([`${file} has no request that a plan can send.`, ...left].join(' '));
  if (kept.length > MOST_REQUESTS) {
    throw new PlanError(
      `${file} has ${kept.length} requests to ${origin}, and a plan takes ${MOST_REQUESTS} of a recording. Say which by --entry or --match.`,
    );
  }
  const recorded = kept.map(({ request }) => recordedRequest(request));
  const browsers = [...new Set(recorded.flatMap((one) => one.browsers))].sort();
  const notes = browsers.length === 0 ? left : [...left, browserNote(browsers)];
  const lines = harRequestLines(text);
  return recorded.map(({ request }, at) => ({
    ...request,
    think: at === 0 ? null : pauseBefore(kept[at]!, kept.slice(0, at)),
    line: lines[kept[at]!.number - 1] || null,
    notes: [...notes, ...request.notes],
  }));
}

/** Requests of a recording as a list shows them; those that no plan can send are not among them. */
export function harRequests(text: string, file: string): { entry: number; line: number; label: string }[] {
  const lines = harRequestLines(text);
  return harArchive(text, file)
    .entries.filter(({ request }) => reasonAgainst(request) === null)
    .map((entry) => ({ entry: entry.number, line: lines[entry.number - 1] ?? 0, label: labelOf(entry) }))
    .filter(({ line }) => line > 0);
}

function chosenEntries(entries: readonly HarEntry[], { entry, match }: HarChoice, file: string): readonly HarEntry[] {
  if (entry !== null) {
    const found = entries.filter(({ number }) => number === entry);
    if (found.length > 0) return found;
    throw new PlanError(`${file} has no entry ${entry} that can be read: there are ${entries.length}.`);
  }
  if (match === null) return entries;
  const wanted = match.toLowerCase();
  const found = entries.filter((one) => labelOf(one).toLowerCase().includes(wanted));
  if (found.length > 0) return found;
  const labels = [
    ...new Set(
      entries.filter(({ request }) => URL.canParse(request.url)).map(({ request }) => new URL(request.url).pathname),
    ),
  ];
  throw new PlanError(
    `${file} has no request with "${match}" in its method and address; ${knownNames(match, labels.slice(0, 20))}`,
  );
}

function labelOf({ request: { method, url } }: HarEntry): string {
  return `${method} ${url}`;
}

/** Why a plan does not send it; null: it does. */
function reasonAgainst({ method, url, headers }: HarEntry['request']): string | null {
  if (!URL.canParse(url) || !/^https?:/i.test(url)) return 'no address of HTTP';
  if (!METHODS.some((known) => known === method.toUpperCase())) return `a plan sends no ${method}`;
  const preflight = headers.some(({ name }) => /^access-control-request-method$/i.test(name));
  return preflight && method.toUpperCase() === 'OPTIONS' ? 'a browser asked whether it may (CORS)' : null;
}

function leftOut(entries: readonly HarEntry[]): string[] {
  const counts = countsOf(entries.flatMap(({ request }) => reasonAgainst(request) ?? []));
  return counts.map(([why, count]) => `${requests(count)} left out: ${why}.`);
}

function elsewhere(entries: readonly HarEntry[], origin: string | null): string[] {
  const others = countsOf(
    entries.map(({ request }) => new URL(request.url).origin).filter((other) => other !== origin),
  );
  return others.map(([other, count]) => `${requests(count)} to ${other} left out: the load goes to ${origin}.`);
}

function requests(count: number): string {
  return count === 1 ? '1 request was' : `${count} requests were`;
}

function browserNote(names: readonly string[]): string {
  return `What a browser says of itself was left out (${names.join(', ')}): a server that looks at one of them needs it in the plan's headers.`;
}

/** From the last answer before it; null: there was none, or it did not wait for one. Ms. */
function pauseBefore({ began }: HarEntry, before: readonly HarEntry[]): number | null {
  const ends = before.flatMap(({ ended }) => ended ?? []);
  if (began === null || ends.length === 0) return null;
  const pause = Math.round((began - Math.max(...ends)) / SHORTEST_PAUSE) * SHORTEST_PAUSE;
  return pause < SHORTEST_PAUSE ? null : Math.min(pause, LIMITS.think.most);
}

/** Where a time is not known, the file's order is all there is. */
function inTime(entries: readonly HarEntry[]): HarEntry[] {
  if (entries.some(({ began }) => began === null)) return [...entries];
  return entries.toSorted((a, b) => a.began! - b.began! || a.number - b.number);
}

function mostCommon(names: readonly string[]): string | null {
  return countsOf(names)[0]?.[0] ?? null;
}

/** Most first; of several the one that came first. */
function countsOf(names: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a);
}
