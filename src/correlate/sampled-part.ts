import { seesWaiting } from './activity.ts';
import type { CorrelationInput } from './context.ts';

/** Ms: what a sampler leaves out at either end as it goes. */
const MARGIN_MS = 100;
/** Below this share of the phase it is said that there were no samples for the rest. */
const MOSTLY_SAMPLED = 0.9;

/** What was sampled of a phase, with the requests of that time. */
export interface SampledPart {
  readonly input: CorrelationInput;
  /** That much of the phase is not in it, as a sentence; null where nearly all is. */
  readonly note: string | null;
}

/**
 * The part of a phase from its first sample to the end of its last one. Where nothing ran is told by there being no sample of it, and before
 * and after them nothing is known: a target that ended did not wait from then on.
 */
export function sampledPart(input: CorrelationInput): SampledPart {
  const { profile, phase, requests } = input;
  const whole = { input, note: null };
  if (!profile.hasTime || !seesWaiting(profile)) return whole;
  const { time, weight } = profile.samples;
  const first = time[0] ?? Number.NaN;
  const last = time.reduce((latest, at, row) => Math.max(latest, at + weight[row]!), Number.NEGATIVE_INFINITY);
  const part = {
    start: first - phase.start > MARGIN_MS ? first : phase.start,
    end: phase.end - last > MARGIN_MS ? last : phase.end,
  };
  const isWhole = part.start === phase.start && part.end === phase.end;
  if (isWhole || !(part.end > part.start)) return whole;
  const rows = [...requests.start.keys()].filter(
    (row) => requests.start[row]! < part.end && requests.end[row]! > part.start,
  );
  const pick = (column: Float64Array): Float64Array => Float64Array.from(rows, (row) => column[row]!);
  const { latency } = requests;
  const picked = {
    start: pick(requests.start),
    end: pick(requests.end),
    ...(latency === undefined ? {} : { latency: pick(latency) }),
  };
  const [sampled, all] = [part.end - part.start, phase.end - phase.start];
  const note =
    sampled >= MOSTLY_SAMPLED * all
      ? null
      : `Samples were taken for ${seconds(sampled)} of the ${seconds(all)} that the load ran: the rest is left out.`;
  return { input: { ...input, phase: part, requests: picked }, note };
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
