import type { ObjectiveCounts } from './objective-counts.ts';

/** What a run's rows are asked for: a value of each request or iteration, or how many there were. */
export type Metric = ValueMetric | CountMetric;

/**
 * `latency`: intended start to end. `end_to_end`: the same of whole iterations, think time left out. `service`: from getting a connection to
 * the end. `first_byte`: intended start to first byte. `pool_wait`: dispatched to getting a connection. `lateness`: intended start to
 * dispatched. `bytes`: of the answer's body. Of streams, `ttft`: intended start to the first chunk with content, reasoning or tool-call
 * text. `first_visible`: to the first with content. `gap`: between two such chunks, one for each gap. `tpot`: (last − first content) /
 * (output tokens − 1).
 */
export type ValueMetric =
  | 'latency'
  | 'end_to_end'
  | 'service'
  | 'first_byte'
  | 'pool_wait'
  | 'lateness'
  | 'bytes'
  | 'ttft'
  | 'first_visible'
  | 'gap'
  | 'tpot';

/**
 * `failures`: of requests that were answered or failed. `checks`: of checked answers, those whose checks held. `requests`: answered.
 * `iterations`: completed. `dropped`: of what was due, what was never sent. `output_tokens`: of answers in full. `goodput`: answered within
 * every limit that the objectives set to single requests. `good`: the same, of what was answered, failed or dropped.
 */
export type CountMetric =
  | 'failures'
  | 'checks'
  | 'requests'
  | 'iterations'
  | 'dropped'
  | 'output_tokens'
  | 'goodput'
  | 'good';

export type Statistic = 'p' | 'avg' | 'min' | 'med' | 'max' | 'rate' | 'count';

/** Shares are 0–1. */
export type Unit = 'ms' | 'bytes' | 'share' | 'per second' | 'count';

/** All that is known of a metric but its value of a single request, which is in `request-values.ts`. */
interface MetricFacts {
  /** The unit of each statistic it has. */
  readonly units: Partial<Readonly<Record<Statistic, Unit>>>;
  readonly example: string;
  /** What each value is of: `answered requests`. */
  readonly of: string;
  /** What people call its statistics, where that is not the metric's name and the statistic's. */
  readonly names?: Partial<Readonly<Record<Statistic, string>>>;
  /** Of whole iterations, which belong to a scenario but to no step. */
  readonly ofIterations?: true;
  /** Only answers that stream have it. */
  readonly ofStreams?: true;
  /** What an answer that streams has to have had for a value. */
  readonly needs?: string;
  /** Told by the limits that other objectives set to single requests. */
  readonly ofGood?: true;
  /** Told by numbers of tokens, which not every server tells. */
  readonly ofTokens?: true;
  /** How many there were; null unknown. */
  readonly count?: (counts: ObjectiveCounts) => number | null;
  /** What its rate is a share of; null unknown. */
  readonly share?: (counts: ObjectiveCounts) => Share | null;
  /** How many came while the load was made, of which its rate is so many a second; null unknown. */
  readonly came?: (within: ObjectiveCounts['within']) => number | null;
}

export interface Share {
  readonly count: number;
  readonly of: number;
}

const REQUESTS = 'answered requests';
const TIMES = { p: 'ms', avg: 'ms', min: 'ms', med: 'ms', max: 'ms' } as const;

const timesOf = (example: string, more: Partial<MetricFacts> = {}): MetricFacts => ({
  units: TIMES,
  example,
  of: REQUESTS,
  ...more,
});

export const METRICS: Readonly<Record<Metric, MetricFacts>> = {
  latency: timesOf('latency: p(99)<250'),
  end_to_end: timesOf('end_to_end: p(95)<2s', { of: 'completed iterations', ofIterations: true }),
  service: timesOf('service: p(99)<200'),
  first_byte: timesOf('first_byte: p(95)<100'),
  pool_wait: timesOf('pool_wait: p(99)<5'),
  lateness: timesOf('lateness: p(99)<10'),
  bytes: {
    units: { p: 'bytes', avg: 'bytes', min: 'bytes', med: 'bytes', max: 'bytes' },
    example: 'bytes: max<64KB',
    of: REQUESTS,
  },
  ttft: timesOf('ttft: p(99)<500', { ofStreams: true, needs: 'content, reasoning or a tool call' }),
  first_visible: timesOf('first_visible: p(95)<1s', { ofStreams: true, needs: 'content' }),
  gap: timesOf('gap: p(99)<100', { of: 'gaps', ofStreams: true, needs: 'two chunks with content' }),
  tpot: timesOf('tpot: p(95)<50', { ofStreams: true, ofTokens: true }),
  failures: {
    units: { rate: 'share', count: 'count' },
    example: 'failures: rate<1%',
    of: REQUESTS,
    names: { rate: 'share of failures', count: 'number of failures' },
    count: ({ failed }) => failed,
    share: ({ answered, failed }) => ({ count: failed, of: answered + failed }),
  },
  checks: {
    units: { rate: 'share' },
    example: 'checks: rate>99%',
    of: 'checked answers',
    names: { rate: 'share of checks that held' },
    share: ({ checked, checksFailed }) => ({ count: checked - checksFailed, of: checked }),
  },
  requests: {
    units: { rate: 'per second', count: 'count' },
    example: 'requests: rate>50',
    of: REQUESTS,
    names: { rate: 'answered requests a second', count: 'number of answered requests' },
    count: ({ answered }) => answered,
    came: ({ answered }) => answered,
  },
  iterations: {
    units: { rate: 'per second', count: 'count' },
    example: 'iterations: rate>50',
    of: 'completed iterations',
    ofIterations: true,
    names: { rate: 'completed iterations a second', count: 'number of completed iterations' },
    count: ({ iterations }) => iterations,
    came: ({ iterations }) => iterations,
  },
  dropped: {
    units: { rate: 'share', count: 'count' },
    example: 'dropped: count==0',
    of: REQUESTS,
    names: { rate: 'share of dropped requests', count: 'number of dropped requests' },
    count: ({ dropped }) => dropped,
    share: ({ answered, failed, interrupted, dropped }) => ({
      count: dropped,
      of: answered + failed + interrupted + dropped,
    }),
  },
  output_tokens: {
    units: { rate: 'per second', count: 'count' },
    example: 'output_tokens: rate>1000',
    of: REQUESTS,
    ofStreams: true,
    ofTokens: true,
    names: { rate: 'output tokens a second', count: 'number of output tokens' },
    count: ({ outputTokens }) => outputTokens,
    came: ({ outputTokens }) => outputTokens,
  },
  goodput: {
    units: { rate: 'per second' },
    example: 'goodput: rate>5',
    of: REQUESTS,
    ofGood: true,
    ofTokens: true,
    names: { rate: 'goodput' },
    came: ({ good }) => good,
  },
  good: {
    units: { rate: 'share', count: 'count' },
    example: 'good: rate>95%',
    of: REQUESTS,
    ofGood: true,
    ofTokens: true,
    names: { rate: 'share of good requests', count: 'number of good requests' },
    count: ({ good }) => good,
    share: ({ answered, failed, dropped, good }) =>
      good === null ? null : { count: good, of: answered + failed + dropped },
  },
};

/**
 * Names of others, for those who bring their limits along: k6's, vLLM bench's (`itl`, `e2el`), AIPerf's and guidellm's. What those two call
 * inter-token latency is one's time per token and the other's gap, so there is no such name here.
 */
const ALIASES: Readonly<Record<string, Metric>> = {
  http_req_duration: 'latency',
  http_req_failed: 'failures',
  http_reqs: 'requests',
  iteration_duration: 'end_to_end',
  dropped_iterations: 'dropped',
  http_req_waiting: 'first_byte',
  http_req_blocked: 'pool_wait',
  e2el: 'latency',
  itl: 'gap',
  request_latency: 'latency',
  time_to_first_token: 'ttft',
  time_per_output_token: 'tpot',
  inter_chunk_latency: 'gap',
  output_token_throughput: 'output_tokens',
};

export const METRIC_NAMES: readonly string[] = [...Object.keys(METRICS), ...Object.keys(ALIASES)];

/** By its own name or another's; null where there is none. */
export function metricNamed(name: string): Metric | null {
  if (Object.hasOwn(METRICS, name)) return name as Metric;
  return Object.hasOwn(ALIASES, name) ? ALIASES[name]! : null;
}

/** What an objective that names no metric is about. */
export function defaultMetric(statistic: Statistic): Metric {
  if (statistic === 'rate') return 'failures';
  return statistic === 'count' ? 'requests' : 'latency';
}

export function isValueMetric(metric: Metric): metric is ValueMetric {
  return METRICS[metric].units.p !== undefined;
}

/** `p99`, `service p99.9`, `share of failures`. @param quantile 0–1 */
export function statisticName(metric: Metric, statistic: Statistic, quantile: number | null): string {
  const percentile = statistic === 'p' ? `p${Number((quantile! * 100).toFixed(4))}` : statistic;
  const plain = metric === 'latency' ? percentile : `${metric} ${percentile}`;
  return METRICS[metric].names?.[statistic] ?? plain;
}

/** How many ms, bytes, or what the metric is counted in, a written unit is. */
export const WRITTEN_UNITS: Readonly<Record<Unit, Readonly<Record<string, number>>>> = {
  ms: { us: 0.001, µs: 0.001, ms: 1, s: 1000, m: 60_000, min: 60_000 },
  bytes: { b: 1, kb: 1000, mb: 1_000_000, kib: 1024, mib: 1_048_576 },
  share: { '%': 0.01 },
  'per second': { '/s': 1, '/min': 1 / 60 },
  count: {},
};
