import type { FailureExample } from '../../runs/failure-example.ts';
import type { HealthSample } from '../../runs/health-sample.ts';
import {
  DETAIL_COLUMNS,
  DETAIL_WIDTH,
  detailedTable,
  type Fate,
  fateOf,
  isAnswered,
  MEASURED,
  OK,
  OUTCOMES,
  type Phase,
  PROFILED,
  REQUEST_OFFSET,
  REQUEST_WIDTH,
} from '../../runs/request-table.ts';
import type { ErrorCount, Health, PhaseSpan } from '../../runs/run-document.ts';
import type { ResolvedPlan } from '../plan/plan.ts';
import { allSteps, hasStreams } from '../plan/plan-steps.ts';
import { AskedLoad } from './asked-load.ts';
import { distributionOf, type QuantilePoint } from './distribution.ts';
import { exampleTexts } from './example-text.ts';
import { FineLatencies } from './fine-latencies.ts';
import { summarizeHealth } from './health-summary.ts';
import { bucketWidth, LatencyOverTime, type TimeChanges } from './latency-over-time.ts';
import { LiveStreams, type LiveStreamUpdate } from './live-streams.ts';
import type { Span } from './sliding-window.ts';
import { type MarkedRequest, SlowestRequests } from './slowest-requests.ts';
import { RequestWaits } from './waits.ts';

/** Counts and percentiles of some requests of the measured phase, ms; a percentile is within 0.97 %, and null without support. */
export interface LiveFigures {
  readonly answered: number;
  readonly failed: number;
  readonly dropped: number;
  /** By a failed step before, from being sent. */
  readonly prevented: number;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
  readonly max: number | null;
}

/** What is to be told of a run in progress, once a second: of what grows with the run only what changed. Times in ms of run time. */
export interface LiveUpdate {
  readonly now: number;
  /** Everything that happened before is in it. */
  readonly complete: number;
  /** So far; the last one ends now. */
  readonly phases: readonly PhaseSpan[];
  /** Answers that came within the measured phase so far, a second. */
  readonly rateGot: number;
  readonly total: LiveFigures;
  /** By the index of the step; empty where there is one. */
  readonly steps: readonly LiveFigures[];
  /** By the value of the header that the plan splits by. */
  readonly groups: readonly { readonly name: string; readonly figures: LiveFigures }[];
  /** Null where the plan has none, and before the measured phase. */
  readonly streams: LiveStreamUpdate | null;
  readonly distribution: readonly QuantilePoint[];
  readonly overTime: TimeChanges & { readonly start: number };
  /** Null: as they were. */
  readonly slowest: readonly MarkedRequest[] | null;
  /** The most frequent first. */
  readonly errors: readonly ErrorCount[];
  /** How the processes that send fare in the measured phase; null before it. */
  readonly health: Health | null;
}

/** Rows may come this long after what they tell of. */
const ROWS_LATE_MS = 300;
const SLOWEST_TOLD = 50;

/** Follows a run for those who look at it in detail while it goes on. What it holds is bounded, see {@link LatencyOverTime}. */
export class LiveDetail {
  readonly #plan: ResolvedPlan;
  readonly #phases: { readonly phase: Phase; readonly start: number }[] = [];
  readonly #inFlight = new Map<number, number>();
  readonly #examples: FailureExample[] = [];
  readonly #total = new LiveTally();
  readonly #waits = new RequestWaits();
  readonly #steps: readonly LiveTally[];
  /** By step, the steps after it in its scenario. */
  readonly #after: readonly (readonly number[])[];
  readonly #groups: { readonly name: string; readonly tally: LiveTally }[] = [];
  readonly #slowest = new SlowestRequests(SLOWEST_TOLD);
  #slowestChanged = false;
  #overTime: LatencyOverTime | null = null;
  #streams: LiveStreams | null = null;
  #measured: { readonly start: number; readonly end: number } | null = null;
  /** By generator. */
  readonly #health: readonly HealthSample[][];
  readonly #capacity: number | null;
  #sendingEnd: number | null = null;
  #answeredWithin = 0;

  /** @param capacity requests a second that the generators manage on this machine; null unknown */
  constructor(plan: ResolvedPlan, capacity: number | null = null) {
    const steps = allSteps(plan);
    this.#plan = plan;
    this.#capacity = capacity;
    this.#health = Array.from({ length: plan.generators }, () => []);
    this.#steps = steps.length > 1 ? steps.map(() => new LiveTally()) : [];
    this.#after = steps.map(({ scenario }, index) =>
      [...steps.keys()].filter((other) => other > index && steps[other]!.scenario === scenario),
    );
  }

  /** Whether there is something to tell. */
  get begun(): boolean {
    return this.#overTime !== null;
  }

  /** A phase begins. @param start run time, ms */
  enter(phase: Phase, start: number): void {
    this.#phases.push({ phase, start });
    this.#overTime ??= new LatencyOverTime(start, this.#firstWidth());
    if (hasStreams(this.#plan)) this.#streams ??= new LiveStreams(this.#plan, start, this.#firstWidth());
    if (phase !== 'measured') return;
    this.#measured = { start, end: start + this.#plan.duration };
    this.#streams?.begin(start);
  }

  /**
   * @param details of as many requests; null where the plan keeps none
   * @param generator which process the rows come from @param now run time, ms
   */
  add(rows: Float64Array, details: Float64Array | null, generator: number, inFlight: number, now: number): void {
    if (this.#overTime === null) return;
    for (let at = 0; at + REQUEST_WIDTH <= rows.length; at += REQUEST_WIDTH) {
      this.#request(this.#overTime, rows, details, at);
    }
    if (details !== null) this.#streams?.add(detailedTable(rows, details), generator);
    this.#inFlight.set(generator, inFlight);
    let underWay = 0;
    for (const count of this.#inFlight.values()) underWay += count;
    this.#overTime.underWay(now, underWay);
  }

  /** Chunks of streams that have ended, ahead of the rows of their requests. @param generator which process they come from */
  chunks(packed: Float64Array, generator: number): void {
    this.#streams?.addChunks(packed, generator);
  }

  /** A group of answers was met, before the first row of it; they are numbered in this order. */
  group(name: string): void {
    this.#groups.push({ name, tally: new LiveTally() });
  }

  /** One of the first failures of its kind. */
  failure(example: FailureExample): void {
    this.#examples.push(example);
  }

  /** What a generator knows of itself, in order of time. */
  health(generator: number, sample: HealthSample): void {
    const samples = this.#health[generator];
    if (samples === undefined) return;
    // The last one before the phase is where it begins; another generator's phase may be told a moment later.
    if (this.#measured === null && samples.length > 1) samples.shift();
    samples.push(sample);
  }

  /** A generator sends no more. @param sendingEnd when it stopped, run time, ms */
  done(sendingEnd: number): void {
    this.#sendingEnd = Math.max(this.#sendingEnd ?? sendingEnd, sendingEnd);
  }

  /** The measured phase so far, run time, ms; null before it. */
  measured(now: number): Span | null {
    return this.#spans(now).find(({ phase }) => phase === 'measured') ?? null;
  }

  /**
   * What changed since the last call; null before the load has begun.
   * @param now run time, ms @param over whether all rows have come
   */
  takeUpdate(now: number, over: boolean): LiveUpdate | null {
    if (this.#overTime === null) return null;
    const slowest = this.#slowestChanged ? [...this.#slowest.list] : null;
    this.#slowestChanged = false;
    return {
      now,
      complete: over ? Number.POSITIVE_INFINITY : now - ROWS_LATE_MS,
      phases: this.#spans(now),
      rateGot: this.#rateGot(now),
      total: this.#total.figures(),
      steps: this.#steps.map((tally) => tally.figures()),
      groups: this.#groups.map(({ name, tally }) => ({ name, figures: tally.figures() })),
      streams: this.#streams?.takeUpdate(now, this.#overTime.width) ?? null,
      distribution: distributionOf((q) => this.#total.latencies.at(q)),
      overTime: { start: this.#overTime.start, ...this.#overTime.takeChanges() },
      slowest,
      errors: this.#total.errors(this.#examples),
      health: this.#healthSoFar(now),
    };
  }

  #spans(now: number): PhaseSpan[] {
    const end = this.#sendingEnd ?? now;
    return this.#phases.map(({ phase, start }, i) => ({ phase, start, end: this.#phases[i + 1]?.start ?? end }));
  }

  #healthSoFar(now: number): Health | null {
    const span = this.measured(now);
    if (span === null) return null;
    const capacity = this.#capacity && Math.max(this.#capacity, this.#rateGot(now));
    return summarizeHealth(this.#health, span, capacity, this.#waits).document;
  }

  #request(overTime: LatencyOverTime, rows: Float64Array, details: Float64Array | null, at: number): void {
    const outcome = rows[at + REQUEST_OFFSET.outcome]!;
    const phase = rows[at + REQUEST_OFFSET.phase]!;
    const intended = rows[at + REQUEST_OFFSET.intended]!;
    const end = rows[at + REQUEST_OFFSET.end]!;
    overTime.add(outcome, intended, end);
    const measured = this.#measured;
    if (isAnswered(outcome) && measured !== null && end >= measured.start && end < measured.end) this.#answeredWithin++;
    if (phase !== MEASURED && phase !== PROFILED) return;
    if (outcome === OK && this.#slowest.wants(end - intended)) {
      this.#slowest.add(markedAt(rows, details, at));
      this.#slowestChanged = true;
    }
    if (phase !== MEASURED) return;
    this.#total.add(outcome, end - intended);
    this.#waits.add(intended, rows[at + REQUEST_OFFSET.dispatched]!, rows[at + REQUEST_OFFSET.acquired]!);
    this.#groups[rows[at + REQUEST_OFFSET.group]!]?.tally.add(outcome, end - intended);
    if (this.#steps.length === 0) return;
    const step = rows[at + REQUEST_OFFSET.step]!;
    this.#steps[step]?.add(outcome, end - intended);
    if (isAnswered(outcome) || OUTCOMES[outcome] === 'interrupted') return;
    for (const next of this.#after[step] ?? []) this.#steps[next]!.prevented++;
  }

  #rateGot(now: number): number {
    if (this.#measured === null) return 0;
    const { start, end } = this.#measured;
    const seconds = (Math.min(now, end) - start) / 1000;
    return seconds > 0 ? this.#answeredWithin / seconds : 0;
  }

  #firstWidth(): number {
    const { warmup, duration } = this.#plan;
    const rate = new AskedLoad(this.#plan).between(0, duration);
    const length = warmup + duration;
    return bucketWidth(length, rate === null ? null : (rate * length) / 1000);
  }
}

/** Requests of the measured phase as they are counted while it goes on. */
class LiveTally {
  readonly latencies = new FineLatencies();
  prevented = 0;
  readonly #outcomes = new Uint32Array(OUTCOMES.length);

  add(outcome: number, latency: number): void {
    this.#outcomes[outcome]!++;
    if (outcome === OK) this.latencies.add(latency);
  }

  figures(): LiveFigures {
    const { latencies, prevented } = this;
    const count = (fate: Fate): number => this.#outcomes.reduce((sum, n, i) => sum + (fateOf(i) === fate ? n : 0), 0);
    return {
      answered: count('answered'),
      failed: count('failed'),
      dropped: count('dropped'),
      prevented,
      p50: latencies.at(0.5),
      p90: latencies.at(0.9),
      p95: latencies.at(0.95),
      p99: latencies.at(0.99),
      p999: latencies.at(0.999),
      max: latencies.max,
    };
  }

  errors(examples: readonly FailureExample[]): ErrorCount[] {
    const exampleOf = exampleTexts(examples);
    return OUTCOMES.flatMap((kind, i) => {
      const count = this.#outcomes[i]!;
      const isError = fateOf(i) === 'failed' || fateOf(i) === 'dropped';
      return count > 0 && isError ? [{ kind, count, example: exampleOf(kind, null) }] : [];
    }).sort((a, b) => b.count - a.count);
  }
}

const FIRST_CONTENT = DETAIL_COLUMNS.indexOf('firstContent');
const LAST_CONTENT = DETAIL_COLUMNS.indexOf('lastContent');

function markedAt(rows: Float64Array, details: Float64Array | null, at: number): MarkedRequest {
  const of = (at / REQUEST_WIDTH) * DETAIL_WIDTH;
  return {
    phase: rows[at + REQUEST_OFFSET.phase]!,
    step: rows[at + REQUEST_OFFSET.step]!,
    status: rows[at + REQUEST_OFFSET.status]!,
    intended: rows[at + REQUEST_OFFSET.intended]!,
    dispatched: rows[at + REQUEST_OFFSET.dispatched]!,
    acquired: rows[at + REQUEST_OFFSET.acquired]!,
    sent: rows[at + REQUEST_OFFSET.sent]!,
    firstByte: rows[at + REQUEST_OFFSET.firstByte]!,
    firstContent: details?.[of + FIRST_CONTENT] ?? Number.NaN,
    lastContent: details?.[of + LAST_CONTENT] ?? Number.NaN,
    end: rows[at + REQUEST_OFFSET.end]!,
  };
}
