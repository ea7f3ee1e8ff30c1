import { type Histogram, HistogramLogWriter } from 'hdr-histogram-js';
import { fateOf, OK, OUTCOMES, PHASES, type Phase, REQUEST_OFFSET, REQUEST_WIDTH } from '../../runs/request-table.ts';
import type { ResolvedPlan } from '../plan/plan.ts';
import { hasStreams } from '../plan/plan-steps.ts';
import { AskedLoad } from './asked-load.ts';
import { LatencyBins } from './latency-bins.ts';
import { supportFor } from './percentile.ts';
import { type RecentStreamFigures, RecentStreams } from './recent-streams.ts';
import { stageSpans } from './selection.ts';
import { newHistogram } from './time-histogram.ts';

/** What is known of a run while it runs. Times in ms. */
export interface LiveSnapshot {
  readonly phase: Phase;
  /** Of a load that has several. */
  readonly stage: string | null;
  /** Since the phase began. */
  readonly elapsed: number;
  /** How long the phase takes; null where that is open. */
  readonly total: number | null;
  /** Answered requests per second over the last seconds. */
  readonly rate: number;
  /** Requests a second asked for now; null in a closed load. */
  readonly asked: number | null;
  /** Answered requests by second, the oldest of the last minute first; the second under way is left out. */
  readonly rates: readonly number[];
  /** The highest percentile up to p99 that has support in the last 10 s (or the phase so far); null before there is one. */
  readonly percentile: { readonly name: 'p50' | 'p90' | 'p95' | 'p99'; readonly value: number } | null;
  readonly percentiles: Readonly<Record<'p50' | 'p90' | 'p95' | 'p99', number | null>>;
  /** Null where nothing streams. */
  readonly streams: RecentStreamFigures | null;
  readonly completed: number;
  readonly failed: number;
  readonly dropped: number;
  readonly inFlight: number;
  /** Of the last 10 s: `counts[i]` lie between `edges[i]` and `edges[i + 1]`, evenly spaced on a logarithmic scale. */
  readonly histogram: { readonly edges: readonly number[]; readonly counts: readonly number[] } | null;
  /** The most frequent first. */
  readonly errors: readonly { readonly kind: string; readonly count: number }[];
}

const WINDOW_S = 10;
const RATE_WINDOW_S = 3;
const RATES_S = 60;
/** So old a second is asked of no more, and nearly all of its rows have come: its histogram, which takes much memory, can go. */
const KEPT_S = RATES_S + 5;
/** Rows of a second may come this long after it. */
const ROWS_LATE_MS = 300;
const QUANTILES = { p50: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 } as const;
const HIGHEST_FIRST = ['p99', 'p95', 'p90', 'p50'] as const;

interface Second {
  readonly phase: Phase;
  readonly second: number;
  readonly histogram: Histogram;
  /** For the live view: hdr-histogram-js does not tell its buckets. */
  readonly bins: LatencyBins;
  completed: number;
}

/** Histograms of latency for every second and in total, in whole µs; warm-up is kept apart from the rest. */
export class Recorder {
  readonly #plan: ResolvedPlan;
  readonly #startUnixMs: number;
  readonly #asked: AskedLoad;
  readonly #stages: ReturnType<typeof stageSpans>;
  readonly #seconds = new Map<string, Second>();
  readonly #inFlight = new Map<number, number>();
  readonly #errors = new Map<string, number>();
  readonly #streams: RecentStreams | null;
  readonly #writer = new HistogramLogWriter((line) => {
    this.#log += line;
  });
  #log = '';
  #last: Second | null = null;
  #pastKey = '';
  #pastSum = newHistogram();
  #phase: Phase = 'warmup';
  #phaseStart = 0;
  #completed = 0;
  #failed = 0;
  #dropped = 0;

  /** @param startUnixMs of the run's clock, ms since 1970 */
  constructor(plan: ResolvedPlan, startUnixMs: number) {
    this.#plan = plan;
    this.#startUnixMs = startUnixMs;
    this.#asked = new AskedLoad(plan);
    this.#stages = stageSpans(plan, 0);
    this.#streams = hasStreams(plan) ? new RecentStreams(plan) : null;
    this.#writer.outputLogFormatVersion();
    this.#writer.outputStartTime(startUnixMs);
    this.#writer.outputLegend();
  }

  enter(phase: Phase, start: number): void {
    this.#phase = phase;
    this.#phaseStart = start;
  }

  /** @param details of as many requests; null where the plan keeps none @param generator which process the rows come from */
  add(rows: Float64Array, details: Float64Array | null, generator: number, inFlight: number): void {
    this.#inFlight.set(generator, inFlight);
    if (details !== null) this.#streams?.add(rows, details);
    for (let at = 0; at + REQUEST_WIDTH <= rows.length; at += REQUEST_WIDTH) {
      const code = rows[at + REQUEST_OFFSET.outcome]!;
      const fate = fateOf(code);
      const phase = PHASES[rows[at + REQUEST_OFFSET.phase]!]!;
      if (fate === 'answered') this.#answered(rows, at, phase);
      else if (phase !== 'warmup' && fate !== 'interrupted') {
        const outcome = OUTCOMES[code]!;
        this.#errors.set(outcome, (this.#errors.get(outcome) ?? 0) + 1);
        if (fate === 'dropped') this.#dropped++;
        else this.#failed++;
      }
    }
  }

  /** Chunks as a generator sends them. */
  addChunks(packed: Float64Array): void {
    this.#streams?.addChunks(packed);
  }

  /** @param now run time */
  snapshot(now: number): LiveSnapshot {
    const elapsed = Math.max(0, now - this.#phaseStart);
    const shaped = this.#phase === 'measured' || this.#phase === 'profiled';
    const window = this.#window(now);
    const percentiles = mapValues(QUANTILES, (q) =>
      window.totalCount >= supportFor(q) ? window.getValueAtPercentile(q * 100) / 1000 : null,
    );
    const highest = HIGHEST_FIRST.find((name) => percentiles[name] !== null);
    const total = this.#phase === 'warmup' ? this.#plan.warmup : shaped ? this.#plan.duration : null;
    return {
      phase: this.#phase,
      stage: this.#stage(shaped ? elapsed : 0),
      elapsed,
      total,
      rate: this.#rate(now),
      asked: shaped ? this.#asked.at(elapsed) : this.#asked.steady,
      rates: this.#rates(now),
      percentile: highest ? { name: highest, value: percentiles[highest]! } : null,
      percentiles,
      streams: this.#streams?.figures(this.#phase, this.#phaseStart, now) ?? null,
      completed: this.#completed,
      failed: this.#failed,
      dropped: this.#dropped,
      inFlight: [...this.#inFlight.values()].reduce((sum, count) => sum + count, 0),
      histogram: LatencyBins.sum(this.#recent(now).map(({ bins }) => bins)),
      errors: [...this.#errors].map(([kind, count]) => ({ kind, count })).sort((a, b) => b.count - a.count),
    };
  }

  /**
   * The measured and profiled seconds as an HdrHistogram log 1.3 (`.hlog`), in µs, once all rows have come. A second of which rows came
   * very late, as those whose tokens were counted, has another line for them.
   */
  takeLog(): string {
    this.#writeBefore(Number.POSITIVE_INFINITY);
    return this.#log;
  }

  #answered(rows: Float64Array, at: number, phase: Phase): void {
    const end = rows[at + REQUEST_OFFSET.end]!;
    const micros = Math.round((end - rows[at + REQUEST_OFFSET.intended]!) * 1000);
    const second = this.#second(phase, Math.floor(end / 1000));
    // A stream that was cut off has no latency. hdr-histogram-js takes NaN and negative numbers in silence, and its maximum never recovers.
    if (rows[at + REQUEST_OFFSET.outcome] === OK && micros >= 0) {
      second.histogram.recordValue(Math.max(1, micros));
      second.bins.add(Math.max(1, micros));
    }
    second.completed++;
    if (phase !== 'warmup') this.#completed++;
  }

  /** The last 10 s, or those of the phase so far. */
  #recent(now: number): Second[] {
    const last = Math.floor(now / 1000);
    const first = Math.max(last - WINDOW_S, Math.floor(this.#phaseStart / 1000));
    const seconds: Second[] = [];
    for (let second = last; second >= first; second--) {
      const kept = this.#seconds.get(`${this.#phase}:${second}`);
      if (kept) seconds.push(kept);
    }
    return seconds;
  }

  #window(now: number): Histogram {
    const seconds = this.#recent(now);
    const current = Math.floor((now - ROWS_LATE_MS) / 1000);
    const window = newHistogram();
    window.add(
      this.#past(
        seconds.filter(({ second }) => second < current),
        `${this.#phase}:${current}`,
      ),
    );
    for (const { second, histogram } of seconds) if (second >= current) window.add(histogram);
    return window;
  }

  /** The seconds that are over, added up once a second: adding histograms is most of what a snapshot costs. */
  #past(seconds: readonly Second[], key: string): Histogram {
    if (this.#pastKey !== key) {
      this.#pastKey = key;
      this.#pastSum = newHistogram();
      for (const { histogram } of seconds) this.#pastSum.add(histogram);
    }
    return this.#pastSum;
  }

  #rate(now: number): number {
    const last = Math.floor(now / 1000);
    let recent = 0;
    for (let second = last; second >= last - RATE_WINDOW_S; second--) recent += this.#completedIn(second);
    const span = Math.min(now / 1000 - (last - RATE_WINDOW_S), Math.max(0.001, (now - this.#phaseStart) / 1000));
    return recent / span;
  }

  /** Whole seconds of the phase only: parts of one would look like a slump. */
  #rates(now: number): number[] {
    const last = Math.floor(now / 1000) - 1;
    const first = Math.max(last - RATES_S + 1, Math.ceil(this.#phaseStart / 1000));
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => this.#completedIn(first + i));
  }

  #completedIn(second: number): number {
    return this.#seconds.get(`${this.#phase}:${second}`)?.completed ?? 0;
  }

  #stage(elapsed: number): string | null {
    if (this.#stages.length < 2) return null;
    return (this.#stages.find(({ end }) => elapsed < end) ?? this.#stages.at(-1)!).name;
  }

  #second(phase: Phase, second: number): Second {
    // Most rows belong where the one before did.
    if (this.#last !== null && this.#last.second === second && this.#last.phase === phase) return this.#last;
    const key = `${phase}:${second}`;
    const made = this.#seconds.get(key) ?? {
      phase,
      second,
      histogram: newHistogram(),
      bins: new LatencyBins(),
      completed: 0,
    };
    if (!this.#seconds.has(key)) this.#writeBefore(second - KEPT_S);
    this.#seconds.set(key, made);
    this.#last = made;
    return made;
  }

  /** Writes the seconds before one, and lets them go. */
  #writeBefore(first: number): void {
    for (const [key, { phase, second, histogram }] of this.#seconds) {
      if (second >= first) continue;
      this.#seconds.delete(key);
      if (this.#last?.phase === phase && this.#last.second === second) this.#last = null;
      if (phase !== 'measured' && phase !== 'profiled') continue;
      histogram.startTimeStampMsec = this.#startUnixMs + second * 1000;
      histogram.endTimeStampMsec = histogram.startTimeStampMsec + 1000;
      histogram.tag = phase;
      this.#writer.outputIntervalHistogram(histogram);
    }
  }
}

function mapValues<K extends string, V, W>(object: Readonly<Record<K, V>>, map: (value: V) => W): Record<K, W> {
  return Object.fromEntries(Object.entries<V>(object).map(([key, value]) => [key, map(value)])) as Record<K, W>;
}
