import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Addresses } from '../load/http/transport.ts';
import { Floats } from '../load/measure/floats.ts';
import type { ResolvedPlan, Tls } from '../load/plan/plan.ts';
import { urlWithoutSecrets } from '../load/plan/redaction.ts';
import { type MetricsPlace, metricsPlaces } from '../load/scenario/metrics-places.ts';
import { compileHeaders } from '../load/scenario/request-headers.ts';
import type { IterationValues } from '../load/scenario/values.ts';
import type { Scrape } from '../runs/metric-sample.ts';
import type { MetricsHealth } from '../runs/run-document.ts';
import type { RunEvent } from '../runs/run-log.ts';
import type { SeriesFacts } from '../runs/series-facts.ts';
import { type LabelledSeries, namedSeries } from '../telemetry/labelled-series.ts';
import type { NamedSeries } from '../telemetry/named-series.ts';
import { serverSeries } from '../telemetry/server-series.ts';
import { metricsNotes } from './metrics-notes.ts';
import type { FromScraper, ScrapeData, ScrapeEndpoint, ToScraper } from './scrape/messages.ts';
import type { TelemetrySource, Told, WatchedRun } from './telemetry-source.ts';

/** The load waits no longer for those who are slow to tell. */
const FIRST_MS = 2000;
/** From asking for the end to going without it. */
const LAST_MS = 3000;
/** What a scrape leaves in memory is small; a server that makes it large is the end of the thread and not of the run. */
const LIMITS = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 32 };

export interface MetricsOptions {
  readonly plan: ResolvedPlan;
  /** That the plan's steps go to. */
  readonly origins: readonly string[];
  readonly addresses: Addresses;
  /** For the headers of scrapes. */
  readonly values: IterationValues;
  /** The bundle of `scrape/main.ts`. */
  readonly program: string;
  /** Is given what cannot be had again after a crash. */
  readonly keep: (event: RunEvent) => void;
}

/** What an endpoint has told. */
interface Endpoint {
  readonly place: MetricsPlace;
  readonly times: Floats;
  readonly series: { readonly facts: SeriesFacts; readonly from: number; readonly values: Floats }[];
  /** Of what is known of model servers. */
  readonly scrapes: Scrape[];
  /** How much of both was told live. */
  told: { times: number; scrapes: number };
}

/** The metrics of servers in one run, asked for on a thread of its own: before the load, at their pace while it goes on, and after it. */
export class MetricsTelemetry implements TelemetrySource {
  readonly #options: MetricsOptions;
  readonly #places: readonly MetricsPlace[];
  #endpoints: readonly Endpoint[] = [];
  #worker: Worker | null = null;
  #trouble: string | null = null;
  #health: readonly MetricsHealth[] = [];
  #untried = 0;
  #tried: () => void = () => {};

  /** Throws a `PlanError` where a file of a body cannot be read. */
  constructor(options: MetricsOptions) {
    this.#options = options;
    this.#places = metricsPlaces(options.plan, options.origins);
  }

  async begin({ origin }: WatchedRun): Promise<string | null> {
    if (this.#places.length === 0) return null;
    let endpoints: ScrapeEndpoint[];
    try {
      endpoints = await this.#prepared();
    } catch (error) {
      return `metrics: ${(error as Error).message}`;
    }
    this.#endpoints = this.#places.map((place) => ({
      place,
      times: new Floats(),
      series: [],
      scrapes: [],
      told: { times: 0, scrapes: 0 },
    }));
    const data: ScrapeData = { endpoints, origin };
    const worker = new Worker(this.#options.program, { workerData: data, resourceLimits: LIMITS });
    this.#worker = worker;
    this.#untried = endpoints.length;
    const tried = new Promise<void>((resolve) => {
      this.#tried = resolve;
    });
    worker.on('message', (message: FromScraper) => this.#hear(message));
    worker.on('error', (error) => {
      this.#trouble = `metrics: they were asked for no longer after a failure: ${error.message}.`;
    });
    worker.on('exit', () => this.#tried());
    await Promise.race([tried, sleep(FIRST_MS, undefined, { ref: false })]);
    return null;
  }

  look(): void {
    this.#post({ type: 'look' });
  }

  async news(): Promise<NamedSeries[]> {
    return this.#endpoints.flatMap((endpoint) => {
      const { told, scrapes, times } = endpoint;
      const first = scrapes[told.scrapes]?.time ?? Number.POSITIVE_INFINITY;
      // The scrape before the first new one is there for what counters have grown by.
      const known = serverSeries(scrapes.slice(Math.max(0, told.scrapes - 1)));
      const chosen = seriesOf(endpoint, told.times);
      endpoint.told = { times: times.length, scrapes: scrapes.length };
      return [...namedSeries(known).map((series) => since(series, first)), ...namedSeries(chosen)];
    });
  }

  async finish(): Promise<Told> {
    const worker = this.#worker;
    if (worker !== null) {
      const ended = this.#trouble === null ? once(worker, 'exit').catch(() => {}) : Promise.resolve();
      this.#post({ type: 'finish' });
      await Promise.race([ended, sleep(LAST_MS, undefined, { ref: false })]);
      await worker.terminate();
    }
    const asked = this.#health.filter((health, at) => this.#places[at]!.named || health.answered > 0);
    if (asked.length > 0) this.#options.keep({ type: 'metrics-health', health: asked });
    const notes = this.#health.flatMap((health, at) => metricsNotes(health, this.#places[at]!));
    const troubles = this.#trouble === null ? notes : [this.#trouble, ...notes];
    return {
      series: this.#endpoints.flatMap((endpoint) => [...serverSeries(endpoint.scrapes), ...seriesOf(endpoint, 0)]),
      trouble: troubles.length === 0 ? null : troubles.join(' '),
    };
  }

  abandon(): void {
    void this.#worker?.terminate();
  }

  #post(message: ToScraper): void {
    this.#worker?.postMessage(message);
  }

  #hear(message: FromScraper): void {
    switch (message.type) {
      case 'tried':
        this.#untried--;
        if (this.#untried === 0) this.#tried();
        return;
      case 'finished':
        this.#health = message.health;
        return;
      case 'scrape': {
        const { endpoint: source, time, known, added, values } = message;
        const { keep } = this.#options;
        const { series, times, scrapes } = this.#endpoints[source]!;
        for (const facts of added) series.push({ facts, from: times.length, values: new Floats() });
        if (added.length > 0) keep({ type: 'series', source, added });
        if (values.length > 0) {
          times.push(time);
          for (const [at, one] of series.entries()) one.values.push(values[at] ?? NaN);
          const written = Array.from(values, (value) => (Number.isFinite(value) ? value : null));
          keep({ type: 'readings', source, time, values: written });
        }
        if (known.length === 0) return;
        const scrape = { time, samples: known };
        scrapes.push(scrape);
        keep({ type: 'scrape', source, scrape });
        return;
      }
    }
  }

  /** Rejects with what is wrong with a header or a file of TLS, as a sentence. */
  async #prepared(): Promise<ScrapeEndpoint[]> {
    const { plan, addresses, values } = this.#options;
    const { target } = plan;
    const tls = await readTls(target.tls);
    const several = new Set(this.#places.map(({ url }) => new URL(url).host)).size > 1;
    return this.#places.map(({ url, series, every, headers, named }): ScrapeEndpoint => {
      const { hostname, host, origin } = new URL(url);
      const viaSocket = target.socket !== null && (!named || origin === new URL(target.url).origin);
      const flat = compileHeaders([headers]).render(values);
      return {
        url,
        name: urlWithoutSecrets(url),
        address: addresses[hostname.replace(/^\[(.*)\]$/, '$1')]?.address ?? null,
        socket: viaSocket ? target.socket : null,
        tls,
        headers: Object.fromEntries(pairs(flat)),
        series,
        every,
        labels: several ? { endpoint: host } : {},
        insists: named,
      };
    });
  }
}

/** @param from how many of the endpoint's times to leave out */
function seriesOf({ series, times }: Endpoint, from: number): LabelledSeries[] {
  return series.flatMap(({ facts, from: begins, values }) => {
    const first = Math.max(from, begins);
    const own = values.values.slice(first - begins);
    // What was never told is not there.
    if (own.every((value) => Number.isNaN(value))) return [];
    return [{ ...facts, time: times.values.slice(first), values: own }];
  });
}

async function readTls({ ca, cert, key, serverName, verify }: Tls): Promise<ScrapeEndpoint['tls']> {
  const [caText, certText, keyText] = await Promise.all([ca, cert, key].map((file) => file && readFile(file, 'utf8')));
  return { ca: caText ?? null, cert: certText ?? null, key: keyText ?? null, serverName, verify };
}

function* pairs(flat: readonly string[]): Generator<[string, string]> {
  for (let at = 0; at < flat.length; at += 2) yield [flat[at]!, flat[at + 1]!];
}

function since({ name, unit, time, values }: NamedSeries, first: number): NamedSeries {
  const from = time.findIndex((at) => at >= first);
  const part = (column: Float64Array): Float64Array => (from < 0 ? column.slice(0, 0) : column.slice(from));
  return { name, unit, time: part(time), values: part(values) };
}
