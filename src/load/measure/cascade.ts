import { type Episode, episodesOf, type StepRequests } from './episode.ts';
import { figure, wholePercent } from './figure.ts';

/** The requests of one phase, by column, in any order; without what was never sent. Times in ms on one clock. */
export interface StepRows {
  /** Index of the request's step. */
  readonly step: ArrayLike<number>;
  /** When it was due. */
  readonly intended: Float64Array;
  /** From the intended start. Of a request cut off by the end of the run, with `ok` 1: what it had waited by then. */
  readonly latency: Float64Array;
  /** 1: answered as the plan expects; 0: failed. */
  readonly ok: Uint8Array;
}

export interface WrongStep {
  readonly step: number;
  /** Ms from the phase's start. */
  readonly at: number;
  readonly why: 'failures' | 'latency';
}

export interface Follower extends WrongStep {
  /** Too close to the first to tell which came before. */
  readonly together: boolean;
}

/** Which step went wrong first, and which came after it, in order. */
export interface Cascade {
  readonly first: WrongStep & { /** About it, and who went with it. */ readonly sentence: string };
  readonly followed: readonly Follower[];
  /** All of it, for people. */
  readonly sentence: string;
}

/** The length of a window, ms; in a long phase a part of it, since then only what lasts matters. */
const WINDOW = 1000;
const WINDOW_PART = 1 / 120;
/** An episode that passed is a hiccup unless it lasted so many windows, and this part of the longest one. */
const LASTING_WINDOWS = 5;
const LASTING_PART = 1 / 5;
/** Starts are not told apart more closely, ms, however well each is known. */
const APART = 500;

interface Onset {
  readonly step: number;
  readonly episode: Episode;
}

/**
 * Which step went wrong first; null where none did, or too few requests were made to say. What wrong is, and from when on, is explained
 * at `episodesOf`; here the steps are put in order by it. Of each step the first episode counts, without hiccups: what passed within
 * five windows, or a fifth of the longest episode of any step, did not break the run. Steps went wrong together where their
 * starts are less than half a second apart, or closer than either is known.
 *
 * It is an order in time, and knows nothing of which service calls which: that the first is the cause is likely, not proved. Of a phase
 * that begins overloaded little can be said, since it does not show how its steps are when all is well.
 *
 * @param span the phase's start and end, on the requests' clock
 * @param iterationRateAt iterations a second at a time in ms from the phase's start; left out where none is asked for
 */
export function findCascade(
  rows: StepRows,
  steps: readonly string[],
  span: { readonly start: number; readonly end: number },
  iterationRateAt?: (at: number) => number,
): Cascade | null {
  const width = Math.max(WINDOW, (span.end - span.start) * WINDOW_PART);
  const onsets = onsetsOf(episodesOf(requestsByStep(rows, steps.length), span.start, width), width);
  const first = onsets[0];
  if (first === undefined) return null;
  const at = (onset: Onset): number => onset.episode.start - span.start;
  const wrong = (onset: Onset): WrongStep => ({ step: onset.step, at: at(onset), why: onset.episode.why });
  const sentence = firstSentence(onsets, steps, at(first), iterationRateAt?.(at(first)) ?? null);
  return {
    first: { ...wrong(first), sentence },
    followed: onsets.slice(1).map((onset) => ({ ...wrong(onset), together: areTogether(first, onset) })),
    sentence: `${sentence} ${followedSentence(onsets, steps)}`.trimEnd(),
  };
}

/** The episode of each step that counts, in order. */
function onsetsOf(episodes: readonly (readonly Episode[])[], width: number): Onset[] {
  const longest = Math.max(0, ...episodes.flat().map(lengthOf));
  const lasting = Math.max(LASTING_WINDOWS * width, LASTING_PART * longest);
  return episodes
    .flatMap((ofStep, step): Onset[] => {
      const episode = ofStep.find((candidate) => !candidate.recovered || lengthOf(candidate) >= lasting);
      return episode === undefined ? [] : [{ step, episode }];
    })
    .sort((a, b) => a.episode.start - b.episode.start);
}

function lengthOf({ start, end }: Episode): number {
  return end - start;
}

function areTogether({ episode: first }: Onset, { episode: other }: Onset): boolean {
  return other.start - first.start < Math.max(APART, first.blur, other.blur);
}

function requestsByStep({ step: stepOf, intended, latency, ok }: StepRows, steps: number): StepRequests[] {
  const byStep = Array.from({ length: steps }, (): number[] => []);
  for (let row = 0; row < intended.length; row++) byStep[stepOf[row]!]?.push(row);
  return byStep.map((rows) => {
    rows.sort((a, b) => intended[a]! - intended[b]!);
    return {
      intended: Float64Array.from(rows, (row) => intended[row]!),
      latency: Float64Array.from(rows, (row) => latency[row]!),
      ok: Uint8Array.from(rows, (row) => ok[row]!),
    };
  });
}

function firstSentence(onsets: readonly Onset[], steps: readonly string[], at: number, rate: number | null): string {
  const group = onsets.filter((onset) => areTogether(onsets[0]!, onset));
  const when = at < APART ? 'from the start' : `${seconds(at)} in`;
  const load = rate === null ? '' : ` at ${figure(rate, 2)} iterations/s`;
  if (group.length === 1) return `${nameOf(group[0]!, steps)} went wrong first, ${when}${load}: ${change(group[0]!)}.`;
  const names = group.map((onset) => nameOf(onset, steps));
  const changes = group.map((onset) => change(onset, ` of ${nameOf(onset, steps)}`));
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)} went wrong together, ${when}${load}: ${changes.join(', ')}.`;
}

function followedSentence(onsets: readonly Onset[], steps: readonly string[]): string {
  const first = onsets[0]!;
  const later = onsets
    .filter((onset) => !areTogether(first, onset))
    .map((onset, index) => {
      const after = seconds(onset.episode.start - first.episode.start);
      return `${nameOf(onset, steps)} ${index === 0 ? 'followed ' : ''}${after} later`;
    });
  return later.length === 0 ? '' : `${later.join(', ')}.`;
}

function nameOf({ step }: Onset, steps: readonly string[]): string {
  return `"${steps[step]}"`;
}

function change({ episode: { why, before, during } }: Onset, whose = ''): string {
  if (why === 'latency') return `p75${whose} rose from ${figure(before, 2)} ms to ${figure(during, 2)} ms`;
  if (before === during) return `${wholePercent(during)} of the requests${whose} failed`;
  return `failures${whose} rose from ${wholePercent(before)} to ${wholePercent(during)}`;
}

/** Whole, as they are no better known; what is more than nothing is at least one. */
function seconds(ms: number): string {
  return `${Math.max(1, Math.round(ms / 1000))} s`;
}
