import type { Client } from 'undici';
import { type Addresses, Transport } from '../load/http/transport.ts';
import type { ResolvedPlan } from '../load/plan/plan.ts';
import { type MetricsPlace, metricsPlaces } from '../load/scenario/metrics-places.ts';
import type { MetricSample, Scrape } from '../runs/metric-sample.ts';
import { namedSeries } from '../telemetry/labelled-series.ts';
import type { NamedSeries } from '../telemetry/named-series.ts';
import { readPrometheusText } from '../telemetry/prometheus-text.ts';
import { isKnownMetric } from '../telemetry/server-metrics.ts';
import { serverSeries } from '../telemetry/server-series.ts';
import { readTritonStatistics } from '../telemetry/triton-statistics.ts';
import type { TelemetrySource, Told, WatchedRun } from './telemetry-source.ts';

const EVERY_MS = 1000;
const TIMEOUT_MS = 2000;
const MOST_BYTES = 8 * 1024 * 1024;

/** A place that is asked, and all it has told. */
interface Asked {
  readonly place: MetricsPlace;
  readonly client: Client;
  readonly scrapes: Scrape[];
  /** How many of the scrapes were told live. */
  told: number;
}

/** The target's own metrics in one run: asked for before the load, every second, and after it. */
export class ServerTelemetry implements TelemetrySource {
  readonly #plan: ResolvedPlan;
  readonly #places: readonly MetricsPlace[];
  readonly #addresses: Addresses;
  readonly #keep: (source: number, scrape: Scrape) => void;
  #now: () => number = () => NaN;
  #asked: Asked[] = [];
  #timer: NodeJS.Timeout | null = null;
  #asking: Promise<void> | null = null;

  /**
   * Throws a `PlanError` where a file of a body cannot be read.
   *
   * @param origins that the plan's steps go to
   * @param keep is given all that is told, of each place by its number
   */
  constructor(
    plan: ResolvedPlan,
    origins: readonly string[],
    addresses: Addresses,
    keep: (source: number, scrape: Scrape) => void,
  ) {
    this.#plan = plan;
    this.#places = metricsPlaces(plan, origins);
    this.#addresses = addresses;
    this.#keep = keep;
  }

  /** Asks for the first time, and goes on with who answers. Resolves to what is wrong with an address that the plan names; else null. */
  async begin({ now }: WatchedRun): Promise<string | null> {
    this.#now = now;
    if (this.#places.length === 0) return null;
    const transport = new Transport(this.#plan.target, this.#addresses, TIMEOUT_MS);
    // Whoever reads what a socket brought keeps it for a while: its buffer must not be used again.
    const all = this.#places.map((place) => ({
      place,
      client: transport.open(place.origin, 1, () => true),
      scrapes: [],
      told: 0,
    }));
    const troubles = await Promise.all(all.map((asked) => this.#ask(asked)));
    this.#asked = all.filter(({ scrapes }) => scrapes.length > 0);
    for (const { client, scrapes } of all) if (scrapes.length === 0) void client.destroy().catch(() => {});
    if (this.#asked.length > 0) this.#timer = setInterval(() => this.look(), EVERY_MS);
    const { metrics } = this.#plan.target;
    return metrics === 'auto' || troubles[0] === null ? null : `metrics: ${metrics} ${troubles[0]}.`;
  }

  look(): void {
    void this.#askAll();
  }

  /** Where it is being asked already, that is enough. */
  #askAll(): Promise<void> {
    this.#asking ??= Promise.all(this.#asked.map((asked) => this.#ask(asked))).then(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async news(): Promise<NamedSeries[]> {
    return this.#asked.flatMap((asked) => {
      const from = Math.max(0, asked.told - 1);
      const first = asked.scrapes[asked.told]?.time ?? Number.POSITIVE_INFINITY;
      asked.told = asked.scrapes.length;
      // The one before the first new one is there for what counters have grown by.
      return namedSeries(serverSeries(asked.scrapes.slice(from))).map((series) => since(series, first));
    });
  }

  /** Asks once more, and lets go of the server. */
  async finish(): Promise<Told> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await this.#asking;
    await this.#askAll();
    for (const { client } of this.#asked) void client.destroy().catch(() => {});
    return { series: this.#asked.flatMap(({ scrapes }) => serverSeries(scrapes)), trouble: null };
  }

  abandon(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  /** Resolves to what is wrong with the answer; null where nothing is. */
  async #ask({ place, client, scrapes }: Asked): Promise<string | null> {
    try {
      const { statusCode, body } = await client.request({
        path: place.path,
        method: 'GET',
        headers: { accept: 'text/plain, application/json;q=0.9, */*;q=0.1', 'user-agent': 'tailflame' },
        headersTimeout: TIMEOUT_MS,
        bodyTimeout: TIMEOUT_MS,
      });
      const text = await textOf(body);
      if (statusCode !== 200) return `answers ${statusCode}`;
      // What is no number cannot be kept as JSON, and says nothing.
      const samples = samplesOf(text).filter(({ name, value }) => isKnownMetric(name) && Number.isFinite(value));
      if (samples.length === 0) return 'tells nothing that is known of vLLM, SGLang, Triton, TGI or TEI';
      const scrape = { time: this.#now(), samples };
      scrapes.push(scrape);
      this.#keep(this.#places.indexOf(place), scrape);
      return null;
    } catch (error) {
      return `cannot be asked: ${(error as Error).message}`;
    }
  }
}

async function textOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > MOST_BYTES) throw new Error(`it is larger than ${MOST_BYTES / 1024 / 1024} MB`);
    chunks.push(Buffer.from(chunk));
  }
  return Buffer.concat(chunks).toString();
}

function samplesOf(text: string): MetricSample[] {
  if (!text.trimStart().startsWith('{')) return readPrometheusText(text);
  try {
    return readTritonStatistics(JSON.parse(text));
  } catch {
    return [];
  }
}

function since({ name, unit, time, values }: NamedSeries, first: number): NamedSeries {
  const from = time.findIndex((at) => at >= first);
  const part = (column: Float64Array): Float64Array => (from < 0 ? column.slice(0, 0) : column.slice(from));
  return { name, unit, time: part(time), values: part(values) };
}
