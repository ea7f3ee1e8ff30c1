import { readFile } from 'node:fs/promises';
import type { Addresses } from '../../load/http/transport.ts';
import { Floats } from '../../load/measure/floats.ts';
import type { ResolvedPlan, Tls } from '../../load/plan/plan.ts';
import { urlWithoutSecrets } from '../../load/plan/redaction.ts';
import { type MetricsPlace, metricsPlaces } from '../../load/scenario/metrics-places.ts';
import { compileHeaders } from '../../load/scenario/request-headers.ts';
import type { IterationValues } from '../../load/scenario/values.ts';
import type { Scrape } from '../../runs/metric-sample.ts';
import type { MetricsHealth } from '../../runs/run-document.ts';
import type { RunEvent } from '../../runs/run-log.ts';
import type { SeriesFacts } from '../../runs/series-facts.ts';
import { type LabelledSeries, namedSeries } from '../../telemetry/labelled-series.ts';
import type { NamedSeries } from '../../telemetry/named-series.ts';
import { serverSeries } from '../../telemetry/server-series.ts';
import { BesideThread } from './beside-thread.ts';
import { metricsNotes } from './metrics-notes.ts';
import type { FromScraper, ScrapeData, ScrapeEndpoint, ToScraper } from './scrape/messages.ts';
import type { TelemetrySource, Told, WatchedRun } from './telemetry-source.ts';

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
  #thread: BesideThread<ToScraper, FromScraper> | null = null;
  #health: readonly MetricsHealth[] = [];
  #untried = 0;

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
    this.#untried = endpoints.length;
    this.#thread = new BesideThread(this.#options.program, data, (message) => this.#hear(message));
    await this.#thread.begun();
    return null;
  }

  look(): void {
    this.#thread?.post({ type: 'look' });
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
    await this.#thread?.end({ type: 'finish' });
    const asked = this.#health.filter((health, at) => this.#places[at]!.named || health.answered > 0);
    if (asked.length > 0) this.#options.keep({ type: 'metrics-health', health: asked });
    const notes = this.#health.flatMap((health, at) => metricsNotes(health, this.#places[at]!));
    const failure = this.#thread?.failure ?? null;
    const broken = `metrics: they were asked for no longer after a failure: ${failure}.`;
    const troubles = failure === null ? notes : [broken, ...notes];
    return {
      series: this.#endpoints.flatMap((endpoint) => [...serverSeries(endpoint.scrapes), ...seriesOf(endpoint, 0)]),
      trouble: troubles.length === 0 ? null : troubles.join(' '),
    };
  }

  abandon(): void {
    this.#thread?.abandon();
  }

  #hear(message: FromScraper): void {
    switch (message.type) {
      case 'tried':
        this.#untried--;
        if (this.#untried === 0) this.#thread?.ready();
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
      const { host, origin } = new URL(url);
      const viaSocket = target.socket !== null && (!named || origin === new URL(target.url).origin);
      const flat = compileHeaders([headers]).render(values);
      return {
        url,
        name: urlWithoutSecrets(url),
        address: addresses[origin]?.address ?? null,
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
