import { ManyTimes } from '../load/measure/many-times.ts';
import { isAnswered, OUTCOMES, PHASES, type RequestTable } from '../runs/request-table.ts';
import type { LogFacts, PhaseSpan } from '../runs/run-document.ts';
import type { LogReading } from '../telemetry/log/log-series.ts';

/** A time in which a log told of many more errors than otherwise. Run time, ms. */
export interface LogBurst {
  readonly start: number;
  readonly end: number;
  readonly errors: number;
  /** What is compared with it are other requests of this phase. */
  readonly phase: PhaseSpan;
  /** When the load began: people's times count from there. */
  readonly zero: number;
}

const SECOND = 1000;
/** Above the usual number of a second, in its standard deviations if errors came independently, and at least. */
const DEVIATIONS = 3;
const LEAST = 3;
/** Errors that stand this close to a burst belong to it, where there is one a second otherwise: logs are read ten times a second. */
const CLOSE_MS = 300;
/** What goes on for more of the time is no burst. */
const MOST_SHARE = 0.5;
/** How much longer requests have to take for it to be said. */
const RISE = 1.5;
const FAILED_DEVIATIONS = 3;
const QUANTILES = [0.99, 0.95, 0.9, 0.5] as const;

/** The largest burst of errors while something was measured; null where there is none. @param readings in order of time */
export function findLogBurst(readings: readonly LogReading[], phases: readonly PhaseSpan[]): LogBurst | null {
  const zero = phases[0]?.start ?? 0;
  const found = phases
    .filter(({ phase }) => phase === 'measured' || phase === 'profiled')
    .flatMap((phase) => burstIn(readings, phase, zero) ?? []);
  return found.toSorted((a, b) => b.errors - a.errors)[0] ?? null;
}

function burstIn(readings: readonly LogReading[], phase: PhaseSpan, zero: number): LogBurst | null {
  const own = readings.filter(({ time, errors }) => errors > 0 && time >= phase.start && time <= phase.end);
  const seconds = Math.max(1, Math.ceil((phase.end - phase.start) / SECOND));
  const counts = new Float64Array(seconds);
  const secondOf = (time: number): number => Math.min(seconds - 1, Math.floor((time - phase.start) / SECOND));
  for (const { time, errors } of own) counts[secondOf(time)]! += errors;
  const usual = counts.toSorted()[Math.floor((seconds - 1) / 2)]!;
  const threshold = usual + DEVIATIONS * Math.sqrt(usual) + LEAST;
  const peak = counts.indexOf(counts.reduce((most, count) => Math.max(most, count), 0));
  if (!(counts[peak]! > threshold)) return null;
  let [from, to] = [peak, peak];
  while (counts[from - 1]! > threshold) from--;
  while (counts[to + 1]! > threshold) to++;
  const inside = own.filter(({ time }) => secondOf(time) >= from && secondOf(time) <= to);
  let [first, last] = [own.indexOf(inside[0]!), own.indexOf(inside.at(-1)!)];
  // Its beginning and end may fall into seconds that have few.
  const close = CLOSE_MS / Math.max(1, usual);
  while (first > 0 && own[first]!.time - own[first - 1]!.time <= close) first--;
  while (last < own.length - 1 && own[last + 1]!.time - own[last]!.time <= close) last++;
  const burst = own.slice(first, last + 1);
  const [start, end] = [burst[0]!.time, burst.at(-1)!.time];
  if (end - start > MOST_SHARE * (phase.end - phase.start)) return null;
  return { start, end, errors: burst.reduce((sum, { errors }) => sum + errors, 0), phase, zero };
}

/** Requests that were under way in a burst, and all others of its phase. */
export class BesideBurst {
  readonly #burst: LogBurst;
  readonly #phase: number;
  readonly #inside = new Requests();
  readonly #outside = new Requests();

  constructor(burst: LogBurst) {
    this.#burst = burst;
    this.#phase = PHASES.indexOf(burst.phase.phase);
  }

  add(table: RequestTable, row: number): void {
    if (table.phase[row] !== this.#phase) return;
    const { start, end } = this.#burst;
    const isInside = table.intended[row]! <= end && table.end[row]! >= start;
    (isInside ? this.#inside : this.#outside).add(table, row);
  }

  /**
   * What there was of errors, and how requests fared meanwhile, as a sentence that says nothing of causes; null where they fared as
   * otherwise.
   */
  sentence(logs: readonly LogFacts[]): string | null {
    const rises = [this.#latencyRise(), this.#failureRise()].filter((rise) => rise !== null);
    if (rises.length === 0) return null;
    const { start, end, errors, zero } = this.#burst;
    const from = secondsText(start - zero);
    const lasted = ((end - start) / SECOND).toFixed(1);
    const when = end === start ? `at ${from} s` : `in ${lasted} s from ${from} s on`;
    return `The log told of ${errors} errors${this.#example(logs)} ${when}, while ${rises.join(' and ')}.`;
  }

  /** The most frequent error that was first told of in the burst. */
  #example(logs: readonly LogFacts[]): string {
    const { start, end } = this.#burst;
    const met = logs
      .flatMap(({ messages }) => messages)
      .filter(({ level, first }) => level === 'error' && first >= start - CLOSE_MS && first <= end)
      .toSorted((a, b) => b.count - a.count);
    return met[0] === undefined || met[0].message === '' ? '' : ` such as “${met[0].message}”`;
  }

  #latencyRise(): string | null {
    const [inside, outside] = [this.#inside.latencies.quantiles(), this.#outside.latencies.quantiles()];
    for (const q of QUANTILES) {
      const [during, otherwise] = [inside(q), outside(q)];
      if (during === null || otherwise === null) continue;
      if (during < RISE * otherwise) continue;
      return `p${q * 100} rose from ${msText(otherwise)} to ${msText(during)}`;
    }
    return null;
  }

  /** By the normal approximation of the difference of two shares. */
  #failureRise(): string | null {
    const [inside, outside] = [this.#inside, this.#outside];
    if (inside.count === 0 || outside.count === 0) return null;
    const [during, otherwise] = [inside.failed / inside.count, outside.failed / outside.count];
    const all = (inside.failed + outside.failed) / (inside.count + outside.count);
    const deviation = Math.sqrt(all * (1 - all) * (1 / inside.count + 1 / outside.count));
    if (inside.failed < LEAST || !(during - otherwise > FAILED_DEVIATIONS * deviation)) return null;
    return `failed requests rose from ${percentText(otherwise)} to ${percentText(during)}`;
  }
}

/** What the plan or the run's end cut off, and what was never sent, says nothing of the server. */
const UNCOUNTED: ReadonlySet<number> = new Set(
  (['cancelled', 'dropped', 'interrupted'] as const).map((outcome) => OUTCOMES.indexOf(outcome)),
);

class Requests {
  readonly latencies = new ManyTimes();
  count = 0;
  failed = 0;

  add(table: RequestTable, row: number): void {
    const outcome = table.outcome[row]!;
    if (UNCOUNTED.has(outcome)) return;
    this.count++;
    if (isAnswered(outcome)) this.latencies.add(table.end[row]! - table.intended[row]!);
    else this.failed++;
  }
}

function secondsText(ms: number): string {
  return (ms / SECOND).toFixed(1);
}

function msText(ms: number): string {
  return ms >= SECOND ? `${(ms / SECOND).toFixed(2)} s` : `${Number(ms.toPrecision(3))} ms`;
}

function percentText(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}
