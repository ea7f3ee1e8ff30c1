import path from 'node:path';
import { AskedLoad } from '../load/measure/asked-load.ts';
import type { TimeBucket } from '../load/measure/latency-over-time.ts';
import type { LiveFigures, LiveUpdate } from '../load/measure/live-detail.ts';
import type { MarkedRequest } from '../load/measure/slowest-requests.ts';
import type { StreamTimeBucket } from '../load/measure/stream-over-time.ts';
import type { ObjectivePlan, ResolvedPlan } from '../load/plan/plan.ts';
import { stepNames } from '../load/plan/plan-steps.ts';
import type { LiveBeside } from '../runner/messages.ts';
import { storedPlan } from '../runner/opened/stored-plan.ts';
import type { ObjectiveResult, RunDocument } from '../runs/run-document.ts';
import { LiveTelemetry } from './live-telemetry.ts';
import { PHASE_NAME } from './live-view.ts';
import { objectiveSentence, objectiveSoFar } from './objective-value.ts';
import { resultTitle } from './result-title.ts';
import type { ResultFigures, ResultStep, ResultView, TimeSeries } from './result-view.ts';
import { senderSentences, targetText } from './sender-facts.ts';
import { slowRequests } from './slow-requests.ts';
import { streamSeries, streamTimes } from './stream-view.ts';
import { streamFacts } from './stream-words.ts';
import { timeSeries, toldInFlight } from './time-series.ts';

/**
 * A run in progress as the result panel shows it, put together from what the runner tells of it. Its figures are close to those it will
 * have in the end, which are counted anew: percentiles within 0.97 %, and of what has ended so far.
 */
export class LiveResultView {
  readonly #document: RunDocument;
  readonly #plan: ResolvedPlan;
  readonly #asked: AskedLoad;
  #buckets: TimeBucket[] = [];
  #streamBuckets: StreamTimeBucket[] = [];
  #width = 0;
  #slowest: readonly MarkedRequest[] = [];
  readonly #telemetry = new LiveTelemetry();
  readonly #profiling: boolean;
  #objectives: readonly ObjectiveResult[] = [];
  #last: LiveUpdate | null = null;
  #progress = 'Starting';

  /** @param document as it was written when the run began @param profiling whether slow lines are looked for */
  constructor(document: RunDocument, profiling = false) {
    this.#profiling = profiling;
    this.#document = document;
    this.#plan = storedPlan(document.plan);
    this.#asked = new AskedLoad(this.#plan);
  }

  /** Updates have to come in order, none left out. */
  update(update: LiveUpdate, { telemetry, objectives }: LiveBeside = NOTHING_BESIDE): void {
    this.#telemetry.add(telemetry);
    this.#objectives = objectives;
    const { width, buckets } = update.overTime;
    if (width !== this.#width) [this.#buckets, this.#streamBuckets] = [[], []];
    this.#width = width;
    for (const [index, bucket] of buckets) this.#buckets[index] = bucket;
    for (const [index, bucket] of update.streams?.overTime ?? []) this.#streamBuckets[index] = bucket;
    this.#slowest = update.slowest ?? this.#slowest;
    this.#last = update;
    this.#progress = progressOf(update, this.#plan);
  }

  /** What it does now that no load is sent, for people. */
  stage(text: string): void {
    this.#progress = text;
  }

  get view(): ResultView {
    const last = this.#last;
    const names = stepNames(this.#plan);
    const overTime = this.#series();
    return {
      run: path.basename(this.#document.run),
      title: resultTitle(this.#plan),
      startedAt: this.#document.startedAt,
      verdict: null,
      progress: this.#progress,
      phases: last?.phases ?? [],
      figures: this.#figures(),
      overTime,
      telemetry: this.#telemetry.series,
      distribution: last?.distribution ?? [],
      steps: (last?.steps ?? []).map((figures, index) => stepOf(names[index] ?? '', figures)),
      split: this.#split(),
      streams: this.#streams(overTime.got.length),
      // By quantiles of sizes, which are not known before the end.
      sizes: null,
      slowest: slowRequests(this.#slowest, names),
      errors: last?.errors ?? [],
      objectives: this.#plan.objectives.map((objective, index) => this.#objective(objective, index)),
      findings: this.#profiling
        ? [{ sentence: 'Which lines ran then is told at the end.', file: null, line: null }]
        : [],
      // Whether it waited is known when it is over.
      resources: [],
      sender: this.#sender(),
      profiled: false,
    };
  }

  #objective({ objective, window }: ObjectivePlan, index: number): ResultView['objectives'][number] {
    const result = this.#objectives[index];
    if (result === undefined) return { objective, sentence: 'Too few requests yet.', ok: null };
    const final = this.#isOver && window === null;
    return { objective, sentence: final ? objectiveSentence(result) : objectiveSoFar(result, window), ok: result.ok };
  }

  /** Whether all that was sent has been told of. */
  get #isOver(): boolean {
    return this.#last?.complete === Number.POSITIVE_INFINITY;
  }

  #sender(): string[] {
    const { target, notes, load } = this.#document;
    const health = this.#last?.health ?? null;
    if (health === null) return [targetText(target), ...notes];
    const rate = { asked: this.#rateAsked(), got: this.#last?.rateGot ?? 0 };
    return senderSentences({ health, load: { ...load, rate }, target, notes });
  }

  #split(): ResultView['split'] {
    const { split: header } = this.#plan;
    if (header === null) return null;
    const groups = (this.#last?.groups ?? []).map(({ name, figures: { answered, p50, p95, p99 } }) => ({
      value: name,
      answered,
      p50,
      p95,
      p99,
    }));
    return { header, groups: groups.sort((a, b) => b.answered - a.answered) };
  }

  #streams(length: number): ResultView['streams'] {
    const streams = this.#last?.streams ?? null;
    if (streams === null) return null;
    const { figures, gaps, tokensKnown } = streams;
    return {
      times: streamTimes(figures),
      facts: streamFacts(figures),
      overTime: streamSeries(this.#streamBuckets, length, tokensKnown),
      gaps,
    };
  }

  #figures(): ResultFigures {
    if (this.#last === null) return NO_FIGURES;
    const { total, rateGot } = this.#last;
    const { answered, failed, dropped, p50, p90, p95, p99, p999, max } = total;
    return { answered, failed, dropped, rateAsked: this.#rateAsked(), rateGot, p50, p90, p95, p99, p999, max };
  }

  /** Over the measured phase so far. */
  #rateAsked(): number | null {
    const span = this.#last?.phases.find(({ phase }) => phase === 'measured');
    if (span === undefined || span.end <= span.start) return null;
    const end = Math.min(span.end, span.start + this.#plan.duration);
    const requests = this.#asked.within([span], span.start, end);
    return requests === null ? null : (requests / (end - span.start)) * 1000;
  }

  /** Without the last buckets, which are not full yet and would look like a slump; at the end, without those after the last request. */
  #series(): TimeSeries {
    const { start, complete, phases } = {
      start: this.#last?.overTime.start ?? 0,
      complete: this.#last?.complete ?? 0,
      phases: this.#last?.phases ?? [],
    };
    const last = this.#isOver
      ? this.#buckets.reduce((found, bucket, i) => (hasRequests(bucket) ? i : found), -1)
      : this.#buckets.length;
    const buckets = this.#buckets.filter((_, i) => i <= last && start + (i + 1) * this.#width <= complete);
    return timeSeries({ start, width: this.#width }, buckets, toldInFlight(buckets), this.#asked, phases);
  }
}

/** Others were told only that nothing is under way. */
function hasRequests({ got, failed, flow }: TimeBucket): boolean {
  return got > 0 || failed > 0 || flow !== 0;
}

const NOTHING_BESIDE: LiveBeside = { telemetry: [], objectives: [] };

const NO_FIGURES: ResultFigures = {
  answered: 0,
  failed: 0,
  dropped: 0,
  rateAsked: null,
  rateGot: 0,
  p50: null,
  p90: null,
  p95: null,
  p99: null,
  p999: null,
  max: null,
};

function stepOf(name: string, { answered, failed, prevented, p50, p95, p99 }: LiveFigures): ResultStep {
  return { name, answered, failed, skipped: prevented, p50, p95, p99 };
}

/** `Measuring · 12 of 60 s`. */
function progressOf({ now, phases }: LiveUpdate, plan: ResolvedPlan): string {
  const present = phases.at(-1);
  if (present === undefined) return 'Starting';
  const { phase, start } = present;
  const total = phase === 'warmup' ? plan.warmup : phase === 'transition' ? null : plan.duration;
  const seconds = (ms: number): number => Number((ms / 1000).toFixed(1));
  const elapsed = Math.floor((now - start) / 1000);
  if (total === null) return `${PHASE_NAME[phase]} · ${elapsed} s`;
  if (now - start > total + 1000) return 'Waiting for the last answers';
  return `${PHASE_NAME[phase]} · ${Math.min(elapsed, seconds(total))} of ${seconds(total)} s`;
}
