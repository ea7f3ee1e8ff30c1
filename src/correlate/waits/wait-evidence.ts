import type { Frame } from '../../profile/profile.ts';
import { WAITING } from '../../profile/profile.ts';
import { sampleStateOf } from '../../profile/sample-state.ts';
import type { Look, SeenFrame, SeenSocket, SeenThread, Sight } from '../../runs/look.ts';
import { baseName } from '../sentences.ts';
import type { Span } from '../shares.ts';

/** How code and files are known and named in sentences. */
export interface Naming {
  readonly isUserCode: (frame: Frame) => boolean;
  readonly describeFile: (path: string) => string;
}

/** Fewer looks at slow requests are no evidence of anything. */
const FEWEST_LOOKS = 3;
/** What was seen in fewer of the looks is not worth a sentence. */
const LEAST_SHARE = 1 / 3;
const MOST_PLACES = 2;
const MOST_SOCKETS = 2;
/** What calls the work of others: below it a thread that stands still waits for work. */
const WAITS_FOR_WORK: readonly [file: RegExp, functions: RegExp][] = [
  [/(^|\/)asyncio\/(base_events|runners|events)\.py$/, /./],
  [/(^|\/)concurrent\/futures\/thread\.py$/, /^(.*\.)?_worker$/],
  [/(^|\/)anyio\/_backends\/_asyncio\.py$/, /^(.*\.)?run$/],
  [/(^|\/)threading\.py$/, /^(.*\.)?(_bootstrap|_bootstrap_inner|run)$/],
  [/(^|\/)(socketserver|wsgiref\/simple_server|http\/server)\.py$/, /./],
  [/(^|\/)(uvicorn|gunicorn|hypercorn|waitress|werkzeug|cheroot|uvloop)\//, /./],
];

/**
 * What looks at the target say of a wait, a sentence each: where threads stood and tasks were suspended while slow requests were in flight,
 * and which connections were open. Empty where too few looks fell on slow requests. Places count once a look, whatever the number of threads.
 *
 * @param slow when each of the slow requests was in flight, ms on the run's clock
 */
export function waitEvidence(looks: readonly Look[], slow: readonly Span[], naming: Naming): string[] {
  return [...standing(looks, slow, naming), ...suspended(looks, slow, naming), ...connected(looks, slow)];
}

function standing(looks: readonly Look[], slow: readonly Span[], naming: Naming): string[] {
  const sights = during(looks, slow, ({ threads }) => threads);
  return frequent(sights, (thread) => standingPlace(thread, naming), MOST_PLACES).map(
    ({ name, count }, at) => `${inLooks(count, sights.length, at)} a thread stood in ${name}.`,
  );
}

function suspended(looks: readonly Look[], slow: readonly Span[], naming: Naming): string[] {
  const sights = during(looks, slow, ({ tasks }) => tasks);
  const place = ({ frames }: { readonly frames: readonly SeenFrame[] }): string | null => {
    const user = frames.find((frame) => naming.isUserCode(asFrame(frame)));
    return user === undefined ? null : named(user, naming);
  };
  return frequent(sights, place, MOST_PLACES).map(
    ({ name, count }, at) => `${inLooks(count, sights.length, at)} a task was suspended in ${name}.`,
  );
}

function connected(looks: readonly Look[], slow: readonly Span[]): string[] {
  const awaited = connections(
    looks,
    slow,
    ({ awaiting }) => awaiting,
    () => 'awaited an answer from',
  );
  const open = connections(
    looks,
    slow,
    ({ sockets }) => sockets,
    ({ state }) => STATE_WORDS[state],
  );
  // That a pool keeps connections open says nothing beside what is waited for over one of them.
  const isAwaited = ({ remote }: Connected): boolean => awaited.some((one) => one.remote === remote);
  return [...awaited, ...open.filter((one) => !isAwaited(one))]
    .slice(0, MOST_SOCKETS)
    .map(({ words, remote, count, of, usual }, at) => `${inLooks(count, of, at)} it ${words} ${remote}${usual}.`);
}

const STATE_WORDS: Readonly<Record<SeenSocket['state'], string>> = {
  open: 'had a connection open to',
  opening: 'was opening a connection to',
};

interface Connected {
  readonly remote: string;
  readonly words: string;
  readonly count: number;
  readonly of: number;
  /** How often at other times. */
  readonly usual: string;
}

function connections(
  looks: readonly Look[],
  slow: readonly Span[],
  sightOf: (look: Look) => Sight<SeenSocket> | null,
  wordsOf: (socket: SeenSocket) => string,
): Connected[] {
  const nameOf = (socket: SeenSocket): string => `${socket.remote} ${wordsOf(socket)}`;
  const sights = during(looks, slow, sightOf);
  const others = looks.flatMap((look) => {
    const sight = sightOf(look);
    return sight !== null && !slow.some(({ start, end }) => start < sight.end && end > sight.start) ? [sight] : [];
  });
  return frequent(sights, nameOf, Number.POSITIVE_INFINITY).map(({ name, count }) => {
    const usual = others.filter(({ seen }) => seen.some((socket) => nameOf(socket) === name)).length;
    return {
      remote: name.slice(0, name.indexOf(' ')),
      words: name.slice(name.indexOf(' ') + 1),
      count,
      of: sights.length,
      usual: others.length < FEWEST_LOOKS ? '' : `, in ${usual} of ${others.length} at other times`,
    };
  });
}

/** Only what was wholly seen while one slow request was in flight was seen during it. */
function during<T>(
  looks: readonly Look[],
  slow: readonly Span[],
  sightOf: (look: Look) => Sight<T> | null,
): readonly Sight<T>[] {
  return looks.flatMap((look) => {
    const sight = sightOf(look);
    return sight !== null && slow.some(({ start, end }) => start <= sight.start && end >= sight.end) ? [sight] : [];
  });
}

/** What is named in most sights, the most frequent first. */
function frequent<T>(
  sights: readonly Sight<T>[],
  nameOfOne: (seen: T) => string | null,
  most: number,
): { name: string; count: number }[] {
  if (sights.length < FEWEST_LOOKS) return [];
  const counts = new Map<string, number>();
  for (const { seen } of sights) {
    for (const name of new Set(seen.map(nameOfOne))) if (name !== null) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .filter(({ count }) => count >= FEWEST_LOOKS && count >= LEAST_SHARE * sights.length)
    .sort((a, b) => b.count - a.count)
    .slice(0, most);
}

function inLooks(count: number, of: number, at: number): string {
  return `In ${count} of ${of}${at === 0 ? ' looks at slow requests' : ' of them'}`;
}

/** Where a thread stands still in what user code asked for; null where it runs, or waits for work. */
function standingPlace(thread: SeenThread, naming: Naming): string | null {
  const { frames } = thread;
  const innermost = frames[0];
  if (innermost === undefined || !standsStill(thread)) return null;
  const user = frames.findIndex((frame) => naming.isUserCode(asFrame(frame)));
  if (user < 0 || frames.slice(0, user).some(waitsForWork)) return null;
  const place = named(frames[user]!, naming);
  return user === 0 ? place : `\`${innermost.function}\`${fileOf(innermost)} under ${place}`;
}

/** Whether a thread is seen to wait: the system says so, or what it calls does nothing else. */
export function standsStill({ active, frames }: SeenThread): boolean {
  return !active || (frames[0] !== undefined && sampleStateOf(asFrame(frames[0])) === WAITING);
}

/** Whether a call hands out work, or waits for it: what it was called from asked for nothing that happens below it. */
export function waitsForWork({ file, function: name }: Pick<Frame, 'file' | 'function'>): boolean {
  return file !== null && WAITS_FOR_WORK.some(([files, functions]) => files.test(file) && functions.test(name));
}

function named({ function: name, file, line }: SeenFrame, { describeFile }: Naming): string {
  const place = file === null ? '' : ` (${describeFile(file)}${line === null ? '' : `:${line}`})`;
  return `\`${name}\`${place}`;
}

function fileOf({ file }: SeenFrame): string {
  return file === null ? '' : ` (${baseName(file)})`;
}

/** A seen frame as profiles have them: the line that py-spy tells is the executing one. */
export function asFrame({ function: name, file }: SeenFrame): Frame {
  return { function: name, file, line: null, column: null };
}
