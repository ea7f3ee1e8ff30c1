import type { Finding } from '../runs/run-document.ts';
import { type Activity, activityOf, activitySentence } from './activity.ts';
import type { Context, CorrelationInput } from './context.ts';
import { type ContrastLoad, contrastLoad, contrastLoadText } from './contrast-load.ts';
import { entityTree } from './entities.ts';
import { lineFindings } from './line-findings.ts';
import { flightSteps, runningPoints } from './overlap.ts';
import { MAX_FINDINGS, rankFindings, sourced } from './ranking.ts';
import { sampledPart } from './sampled-part.ts';
import { percent, SLOW_WORDS } from './sentences.ts';
import { flightTime, nodePoints } from './shares.ts';
import { MIN_SLOW, MIN_STRETCHES } from './significance.ts';
import type { Wait } from './slow-intervals.ts';
import { chooseTail, intervalsOf, type Tail } from './tail.ts';
import { waitedFindings } from './waits/waited.ts';

export interface Correlation {
  readonly findings: Finding[];
  /** Why there is no finding, as a sentence; null where there is one. */
  readonly note: string | null;
  /** A load at which it can be told, where this one leaves too little to compare with; null otherwise, and where none would. */
  readonly load: ContrastLoad | null;
  /** Ms, and counts. */
  readonly tail: { readonly threshold: number | null; readonly slow: number; readonly stretches: number };
}

/** An alignment worse than this share of what slow requests take, in the middle of their time, would smear the tail over its neighbours. */
const MAX_CLOCK_ERROR = 0.25;
/** A slow request in flight for more of the time than this leaves no other time to compare with. */
const NO_CONTRAST = 0.95;
/** Above this, finding nothing may be the load's doing. */
const LITTLE_CONTRAST = 0.7;
/** Below this share of the time, what ran is not what slow requests took. */
const MOSTLY_RAN = 0.5;
/** Circular shifts and bootstrap blocks are at least this many latencies long. */
const SEVERAL = 4;

/**
 * Joins a profile with the requests it was taken under: which functions and lines ran more while slow requests were in flight than
 * otherwise, by overlap in time. Of the phase only what was sampled counts.
 */
export function correlate(whole: CorrelationInput): Correlation {
  const { input, note: left } = sampledPart(whole);
  const found = correlatePart(input);
  if (left === null) return found;
  const [first, ...others] = found.findings;
  if (first === undefined) return { ...found, note: found.note === null ? left : `${found.note} ${left}` };
  return { ...found, findings: [{ ...first, evidence: [...(first.evidence ?? []), left] }, ...others] };
}

function correlatePart(input: CorrelationInput): Correlation {
  const { profile, phase } = input;
  const plain = intervalsOf(input.requests.start, input.requests.end);
  const intervals = { ...plain, latency: input.requests.latency ?? plain.latency };
  const tail = chooseTail(intervals, input.objectiveLimit);
  const points = nodePoints(profile, runningPoints(profile, phase.start, phase.end));
  const steps = flightSteps(intervals, tail);
  const contrast = flightTime(steps, phase).slowInFlight;
  const base = {
    tail: {
      threshold: Number.isNaN(tail.threshold) ? null : tail.threshold,
      slow: tail.slow,
      stretches: tail.stretches,
    },
  };
  const slow = SLOW_WORDS[input.what ?? 'latency'];
  const lower = (): ContrastLoad | null => contrastLoad(intervals, tail, phase, input.closed === true);
  const refusal = refuse(input, tail, middleOf(intervals.latency, tail));
  if (refusal !== null) return { ...base, findings: [], note: refusal, load: null };
  if (contrast > NO_CONTRAST) return { ...base, ...noContrast(contrast, slow, lower()) };
  const fewStretches = refuseStretches(tail);
  if (fewStretches !== null) return { ...base, findings: [], note: fewStretches, load: null };

  const slowest = intervals.latency.reduce(
    (most, value, row) => (tail.mask[row] === 1 && value > most ? value : most),
    0,
  );
  const context: Context = {
    input,
    tree: entityTree(profile, input.isUserCode),
    intervals,
    tail,
    points,
    steps,
    slow,
    minShift: SEVERAL * slowest,
    blockMs: clamp(SEVERAL * tail.threshold, (phase.end - phase.start) / 200, (phase.end - phase.start) / 20),
  };
  const activity = activityOf(context);
  const waited = waitedFindings(context, activity);
  const ran = lineFindings(context, waited.length > 0, MAX_FINDINGS);
  const [first, ...others] = rankFindings(sourced('samples', [...waited, ...ran]));
  if (first !== undefined) {
    const spent = activity === null ? [] : [activitySentence(activity, slow)];
    const findings = [{ ...first, evidence: [...(first.evidence ?? []), ...spent] }, ...others];
    return { ...base, findings, note: null, load: null };
  }
  if (contrast > LITTLE_CONTRAST) return { ...base, ...noContrast(contrast, slow, lower()) };
  const mostlyWaited = activity !== null && activity.tail < MOSTLY_RAN;
  return { ...base, findings: [], load: null, note: mostlyWaited ? waitedAlike(activity, slow) : nothingFound(slow) };
}

function nothingFound(slow: string): string {
  return `Nothing in the target ran noticeably more during ${slow} than otherwise.`;
}

function waitedAlike({ tail, rest }: Activity, slow: string): string {
  return (
    `No line can be named: during ${slow} code of the target ran for only ${percent(tail)} of the time, ` +
    `${percent(rest)} otherwise. Most of it they waited, and no more than the others did.`
  );
}

/** That this load does not let it be told, and which one would. */
function noContrast(
  share: number,
  slow: string,
  load: ContrastLoad | null,
): Pick<Correlation, 'findings' | 'note' | 'load'> {
  const found =
    `Cannot tell at this load: ${slow === SLOW_WORDS.latency ? 'a slow request was in flight' : `there were ${slow}`} ` +
    `${Math.round(share * 100)} % of the time, which leaves too little to compare with.`;
  const instead =
    load === null
      ? 'A lower rate or fewer users may tell.'
      : `About ${contrastLoadText(load)} for ${load.seconds} s may tell.`;
  return { findings: [], note: `${found} ${instead}`, load };
}

/**
 * Requests that take at least so long, ms, make up half of the time of the slow ones; 0 of none. Samples count by time: of the slowest 5 %
 * a few may take ten times as long as the rest, which then have little part in what is found.
 */
function middleOf(latency: Float64Array, { mask }: Tail): number {
  const slow = latency.filter((_, row) => mask[row] === 1).sort();
  const half = slow.reduce((sum, value) => sum + value, 0) / 2;
  let at = slow.length - 1;
  for (let longer = slow[at] ?? 0; at > 0 && longer < half; longer += slow[at]!) at--;
  return slow[at] ?? 0;
}

const NONE_ANSWERED: Readonly<Record<Wait, string>> = {
  latency: 'No request was answered while the target was profiled.',
  ttft: 'No first token came while the target was profiled.',
  gap: 'No stream went on while the target was profiled.',
};

function refuse(
  { profile, phase, clockErrorMs = 0, what = 'latency' }: CorrelationInput,
  tail: Tail,
  middle: number,
): string | null {
  if (!profile.hasTime) return 'This profile has no time axis, so it cannot be joined with requests.';
  const { time } = profile.samples;
  if (!time.some((value) => value >= phase.start && value < phase.end)) {
    return 'The profiler took no samples while the load ran.';
  }
  if (tail.mask.length === 0) return NONE_ANSWERED[what];
  if (tail.slow > 0 && clockErrorMs > MAX_CLOCK_ERROR * middle) {
    return (
      `Cannot tell: the clocks of profile and requests agree only to ${clockErrorMs.toFixed(1)} ms, ` +
      `and half of the time of slow requests is in such as take ${middle.toFixed(1)} ms or less.`
    );
  }
  if (tail.slow < MIN_SLOW) {
    return `Too few slow requests to tell: ${tail.slow}, at least ${MIN_SLOW} are needed. Run longer.`;
  }
  return null;
}

function refuseStretches(tail: Tail): string | null {
  if (tail.stretches < MIN_STRETCHES) {
    return (
      `Too few slow stretches to tell: the ${tail.slow} slow requests fall into ${tail.stretches} of them, ` +
      `at least ${MIN_STRETCHES} are needed. Run longer.`
    );
  }
  return null;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
