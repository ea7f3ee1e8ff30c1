import type { Phase } from '../runs/request-table.ts';

/**
 * What the result panel, and the page exported from it, show of one run: plain data, bounded whatever the run's length. Times are ms of
 * run time or of latency, rates requests a second, shares 0–1; unknown is null. Texts are for people and hold no secret.
 */
export interface ResultView {
  /** The run's folder name. */
  readonly run: string;
  /** Such as `POST 127.0.0.1:8000/predict`, or the plan's name. */
  readonly title: string;
  /** ISO 8601. */
  readonly startedAt: string;
  /** Null while it runs. */
  readonly verdict: ResultVerdict | null;
  /** What it does at the moment, for people; null once it has ended. */
  readonly progress: string | null;
  readonly phases: readonly { readonly phase: Phase; readonly start: number; readonly end: number }[];
  /** Of the measured phase. */
  readonly figures: ResultFigures;
  readonly overTime: TimeSeries;
  readonly telemetry: readonly TelemetrySeries[];
  /** From the lowest quantile to the highest that has support. */
  readonly distribution: readonly { readonly quantile: number; readonly latency: number }[];
  readonly steps: readonly ResultStep[];
  readonly split: ResultSplit | null;
  /** Of the streams of the measured phase; null where the plan has none. */
  readonly streams: ResultStreams | null;
  /** Null where requests have no sizes, or but one. */
  readonly sizes: ResultSizes | null;
  /** The slowest answered first, at most 50. */
  readonly slowest: readonly SlowRequest[];
  readonly errors: readonly { readonly kind: string; readonly count: number; readonly example: string }[];
  readonly objectives: readonly {
    readonly objective: string;
    readonly sentence: string;
    readonly ok: boolean | null;
  }[];
  readonly findings: readonly {
    readonly sentence: string;
    readonly file: string | null;
    readonly line: number | null;
    /** What else speaks for it or narrows it, a sentence each. */
    readonly evidence?: readonly string[];
  }[];
  /** Why the samples gave no findings; null or absent where they did, or none were asked for. */
  readonly findingsNote?: string | null;
  /** A load at which they may be told, such as `27 requests a second for 22 s`; null where there is none. */
  readonly findingsLoad?: string | null;
  /** What the target had to work with, the shortest first; empty while it runs, and where nothing was told of it. */
  readonly resources: readonly {
    readonly state: 'short' | 'near' | 'free' | 'unknown';
    readonly sentence: string;
  }[];
  /** How the generator fared. */
  readonly sender: readonly string[];
  /** Whether it has samples, so that a stretch of time has a flame graph. */
  readonly profiled: boolean;
}

export interface ResultVerdict {
  readonly status: 'passed' | 'failed' | 'void' | 'inconclusive' | 'measured';
  readonly sentence: string;
  readonly reasons: readonly string[];
}

export interface ResultFigures {
  readonly answered: number;
  readonly failed: number;
  readonly dropped: number;
  readonly rateAsked: number | null;
  readonly rateGot: number;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly p999: number | null;
  readonly max: number | null;
}

/**
 * Everything on one axis of time: bucket i reaches from `start + i · width` to `start + (i + 1) · width`. At most 600 buckets; the width
 * doubles when there would be more. Every phase is in it, warm-up too. A request belongs to the bucket of its intended start, except for
 * `got`, which counts answers when they came.
 */
export interface TimeSeries {
  readonly start: number;
  readonly width: number;
  readonly asked: readonly (number | null)[];
  readonly got: readonly number[];
  readonly failed: readonly number[];
  /** Under way at the bucket's end. */
  readonly inFlight: readonly number[];
  readonly p50: readonly (number | null)[];
  readonly p95: readonly (number | null)[];
  readonly p99: readonly (number | null)[];
  /** Latencies: `counts[bucket][row]` lie between `edges[row]` and `edges[row + 1]`, evenly spaced on a logarithmic scale. */
  readonly edges: readonly number[];
  readonly counts: readonly (readonly number[])[];
}

export interface TelemetrySeries {
  readonly name: string;
  /** As it stands behind a value, such as `%` or `MiB`; empty where there is none. */
  readonly unit: string;
  readonly at: readonly number[];
  readonly values: readonly (number | null)[];
}

export interface ResultStep {
  readonly name: string;
  readonly answered: number;
  readonly failed: number;
  readonly skipped: number;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
}

/** Latency by the value of a response header, the most frequent value first; rare ones are together as `other`. */
export interface ResultSplit {
  readonly header: string;
  readonly groups: readonly {
    readonly value: string;
    readonly answered: number;
    readonly p50: number | null;
    readonly p95: number | null;
    readonly p99: number | null;
  }[];
}

/** One request's marks, each ms after its intended start; null where the moment never came. */
export interface SlowRequest {
  readonly intended: number;
  readonly step: string;
  readonly phase: Phase;
  readonly status: number | null;
  readonly dispatched: number | null;
  readonly acquired: number | null;
  readonly sent: number | null;
  readonly firstByte: number | null;
  /** The first and the last chunk of a stream that had something in it. */
  readonly firstContent: number | null;
  readonly lastContent: number | null;
  readonly end: number;
}

/** What streams came to. Every figure has its definition beside it, a few words for people. */
export interface ResultStreams {
  /** TTFT first, then to the first visible chunk, gaps, time per output token. */
  readonly times: readonly StreamTimes[];
  /** Tokens, tokens a second, goodput and what else there is, each a line: `Tokens`, `1,240/s`, how it is counted. */
  readonly facts: readonly { readonly name: string; readonly text: string; readonly definition: string }[];
  readonly overTime: StreamSeries;
  /** Distribution of the gaps, from the lowest quantile to the highest that has support; ms. */
  readonly gaps: readonly { readonly quantile: number; readonly latency: number }[];
}

export interface StreamTimes {
  readonly key: 'ttft' | 'firstVisible' | 'gap' | 'tpot';
  readonly name: string;
  readonly definition: string;
  /** Of requests; of `gap` the number of gaps. */
  readonly count: number;
  readonly p50: number | null;
  readonly p90: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

/**
 * On the axis of {@link TimeSeries}, with as many buckets, every phase in it. The time to the first token belongs to the bucket in which
 * the request was due, a gap to that in which it ended.
 */
export interface StreamSeries {
  readonly ttftP50: readonly (number | null)[];
  readonly ttftP95: readonly (number | null)[];
  readonly ttftP99: readonly (number | null)[];
  readonly gapP50: readonly (number | null)[];
  readonly gapP99: readonly (number | null)[];
  /** Output tokens that came in each bucket, a number like `got`, not a rate; null where they are not known. */
  readonly tokens: readonly number[] | null;
}

/** Latency by the size of requests, the smallest first. */
export interface ResultSizes {
  readonly unit: 'rows' | 'input tokens';
  readonly groups: readonly {
    /** Least and most in it. */
    readonly from: number;
    readonly to: number;
    readonly answered: number;
    readonly failed: number;
    readonly p50: number | null;
    readonly p95: number | null;
    readonly p99: number | null;
    /** Time to first token; null where nothing streams. */
    readonly ttft: { readonly p50: number | null; readonly p95: number | null; readonly p99: number | null } | null;
  }[];
}
