import type { RunClock } from '../../../runs/clock.ts';
import type { MetricSample } from '../../../runs/metric-sample.ts';
import type { MetricsHealth } from '../../../runs/run-document.ts';
import { SeriesChoice } from '../../../runs/series-choice.ts';
import { DCGM_SERIES, SERVICE_SERIES } from '../../../telemetry/default-series.ts';
import { PrometheusReader } from '../../../telemetry/prometheus-text.ts';
import { ScrapedSeries } from '../../../telemetry/scraped-series.ts';
import { isKnownMetric } from '../../../telemetry/server-metrics.ts';
import { readTritonStatistics } from '../../../telemetry/triton-statistics.ts';
import { MetricsFetch, ScrapeError } from './fetch-metrics.ts';
import type { FromScraper, ScrapeEndpoint } from './messages.ts';

/** Of its time an endpoint may be busy answering: what it does then it cannot do for the load. */
const MOST_SHARE = 0.1;
/** Of what is known of model servers, in one scrape. */
const MOST_KNOWN = 600;
const MOST_JSON_LETTERS = 8 * 1024 * 1024;
/** What is asked for when a phase begins comes no closer than this after the last. */
const LEAST_BETWEEN_MS = 100;

type Told = Extract<FromScraper, { readonly type: 'scrape' | 'tried' }>;

/** Asks one endpoint from the run's beginning to its end, at its pace, and tells what it said. */
export class Scraper {
  readonly #endpoint: ScrapeEndpoint;
  readonly #number: number;
  readonly #clock: RunClock;
  readonly #tell: (told: Told) => void;
  readonly #fetch: MetricsFetch;
  readonly #reasons = new Map<string, number>();
  #series: ScrapedSeries;
  #wantsKnown: boolean;
  #asked = 0;
  #answered = 0;
  #late = 0;
  #told = 0;
  #left = 0;
  #every: number;
  /** Of the quickest scrape, ms: what is more than that was waited behind the load. */
  #cost = Number.POSITIVE_INFINITY;
  #rest = LEAST_BETWEEN_MS;
  #wake: () => void = () => {};
  #isIdle = false;
  #isKnown = false;
  #isOver = false;
  #isCancelled = false;

  constructor(endpoint: ScrapeEndpoint, number: number, clock: RunClock, tell: (told: Told) => void) {
    this.#endpoint = endpoint;
    this.#number = number;
    this.#clock = clock;
    this.#tell = tell;
    this.#fetch = new MetricsFetch(endpoint);
    this.#wantsKnown = endpoint.series === null;
    this.#every = endpoint.every;
    this.#series = this.#chosen(endpoint.series ?? [...DCGM_SERIES, ...SERVICE_SERIES]);
  }

  get health(): MetricsHealth {
    return {
      endpoint: this.#endpoint.name,
      every: Math.round(this.#every),
      asked: this.#asked,
      answered: this.#answered,
      late: this.#late,
      dropped: [...this.#reasons].map(([reason, count]) => ({ reason, count })),
      series: this.#series.told,
      known: this.#isKnown,
      left: this.#left,
      told: this.#told,
    };
  }

  /** Resolves once it has been asked for the last time. */
  async run(): Promise<void> {
    let due = performance.now();
    await this.#ask();
    this.#tell({ type: 'tried', endpoint: this.#number });
    const isWorthwhile = this.#endpoint.insists || this.#answered > 0;
    while (isWorthwhile && !this.#isOver) {
      due = Math.max(due + this.#every, performance.now() + this.#rest);
      await this.#until(due);
      if (!this.#isOver) await this.#ask();
    }
    // What there was at the very end, of one that is quick to tell.
    if (this.#answered > 0 && this.#isPrompt && !this.#isCancelled) await this.#ask();
    this.#fetch.close();
  }

  /** A phase begins: asks now, unless it is being asked or takes long to answer. */
  look(): void {
    if (this.#isIdle && this.#isPrompt) this.#wake();
  }

  /** Lets the last scrape begin. */
  finish(): void {
    this.#isOver = true;
    this.#wake();
  }

  /** Gives the scrape under way up. */
  cancel(): void {
    this.#isOver = true;
    this.#isCancelled = true;
    this.#fetch.cancel('had not answered when the run ended');
    this.#wake();
  }

  /** Whether it is asked as often as is wanted. */
  get #isPrompt(): boolean {
    return this.#every === this.#endpoint.every;
  }

  async #ask(): Promise<void> {
    const began = performance.now();
    this.#asked++;
    this.#rest = LEAST_BETWEEN_MS;
    try {
      await this.#scrape();
      const took = performance.now() - began;
      this.#answered++;
      if (took > this.#endpoint.every) this.#late++;
      this.#paced(took);
    } catch (error) {
      this.#series.drop();
      const reason = error instanceof ScrapeError ? error.message : `cannot be asked: ${(error as Error).message}`;
      this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1);
      // Who does not answer is left alone for as long as was waited for it.
      const took = performance.now() - began;
      this.#rest = Math.max(LEAST_BETWEEN_MS, took);
      if (took > this.#endpoint.every) this.#paced(took);
    }
  }

  #paced(took: number): void {
    this.#cost = Math.min(this.#cost, took);
    this.#every = Math.max(this.#endpoint.every, this.#cost / MOST_SHARE);
  }

  async #scrape(): Promise<void> {
    let time = NaN;
    let json: string | null = null;
    let isFirst = true;
    const known: MetricSample[] = [];
    const keep = (sample: MetricSample): void => {
      // What is no number cannot be kept as JSON, and says nothing.
      if (isKnownMetric(sample.name) && Number.isFinite(sample.value) && known.length < MOST_KNOWN) known.push(sample);
    };
    const reader = new PrometheusReader(
      (name) => (this.#wantsKnown && isKnownMetric(name)) || this.#series.wants(name),
      (sample) => {
        if (this.#wantsKnown && isKnownMetric(sample.name)) keep(sample);
        else this.#series.add(sample, reader.typeOf);
      },
    );
    await this.#fetch.ask(
      () => {
        time = this.#clock.now();
      },
      (text) => {
        if (isFirst && text.trimStart().startsWith('{')) json = '';
        isFirst = false;
        if (json === null) reader.push(text);
        else if (json.length < MOST_JSON_LETTERS) json += text;
        else throw new ScrapeError('answers with JSON that is too long');
        return reader.isOver;
      },
    );
    reader.end();
    if (json !== null) for (const sample of statistics(json)) keep(sample);
    // Among lines of anything there is now and then one that could be a sample.
    if (json === null && reader.told <= reader.strange) throw new ScrapeError("tells nothing in Prometheus' format");
    if (json !== null && known.length === 0) throw new ScrapeError('answers with JSON that is not known');
    this.#told = Math.max(this.#told, json === null ? reader.told : known.length);
    // Of a model server that is known nothing else is shown: its process is that of its model.
    const isModelServer = known.length > 0 && this.#answered === 0;
    if (isModelServer && this.#endpoint.series === null) this.#series = this.#chosen(DCGM_SERIES);
    this.#isKnown ||= known.length > 0;
    const { added, values, left } = this.#series.end(time);
    this.#left = Math.max(this.#left, left);
    this.#tell({ type: 'scrape', endpoint: this.#number, time, known, added, values });
  }

  #chosen(series: readonly string[]): ScrapedSeries {
    return new ScrapedSeries(new SeriesChoice(series), this.#endpoint.series !== null, this.#endpoint.labels);
  }

  #until(due: number): Promise<void> {
    if (this.#isOver) return Promise.resolve();
    return new Promise((resolve) => {
      this.#isIdle = true;
      const timer = setTimeout(() => this.#wake(), Math.max(0, due - performance.now()));
      this.#wake = () => {
        clearTimeout(timer);
        this.#isIdle = false;
        this.#wake = () => {};
        resolve();
      };
    });
  }
}

function statistics(json: string): MetricSample[] {
  try {
    return readTritonStatistics(JSON.parse(json));
  } catch {
    return [];
  }
}
