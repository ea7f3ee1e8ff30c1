import type { ClockOrigin } from '../../../runs/clock.ts';
import type { MetricSample } from '../../../runs/metric-sample.ts';
import type { MetricsHealth } from '../../../runs/run-document.ts';
import type { SeriesFacts } from '../../../runs/series-facts.ts';

/** An endpoint as it is asked, nothing left to be looked up. */
export interface ScrapeEndpoint {
  readonly url: string;
  /** As people may read it: secrets removed. */
  readonly name: string;
  /** The address its host leads to; null: the name is used. */
  readonly address: string | null;
  /** A Unix socket instead; null: none. */
  readonly socket: string | null;
  readonly tls: {
    /** PEM. */
    readonly ca: string | null;
    readonly cert: string | null;
    readonly key: string | null;
    readonly serverName: string | null;
    readonly verify: boolean;
  };
  readonly headers: Readonly<Record<string, string>>;
  /** Null: what is known, else what is usual for a service. */
  readonly series: readonly string[] | null;
  /** Ms from one scrape to the next. */
  readonly every: number;
  /** What its series have besides their own labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** Whether it is to be asked again when the first scrape brought nothing. */
  readonly insists: boolean;
}

export interface ScrapeData {
  readonly endpoints: readonly ScrapeEndpoint[];
  readonly origin: ClockOrigin;
}

export type ToScraper = { readonly type: 'look' } | { readonly type: 'finish' };

/** `endpoint`: its number in {@link ScrapeData}. */
export type FromScraper =
  | {
      readonly type: 'scrape';
      readonly endpoint: number;
      /** Run time, ms. */
      readonly time: number;
      /** What is known of model servers, kept as it was told. */
      readonly known: readonly MetricSample[];
      readonly added: readonly SeriesFacts[];
      readonly values: Float64Array;
    }
  /** The first scrape of an endpoint is over, whatever came of it. */
  | { readonly type: 'tried'; readonly endpoint: number }
  | { readonly type: 'finished'; readonly health: readonly MetricsHealth[] };
