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

interface MetricFacts {
  /** The unit of each statistic it has. */
  readonly units: Partial<Readonly<Record<Statistic, Unit>>>;
  readonly example: string;
}

const times = (example: string): MetricFacts => ({
  units: { p: 'ms', avg: 'ms', min: 'ms', med: 'ms', max: 'ms' },
  example,
});

export const METRICS: Readonly<Record<Metric, MetricFacts>> = {
  latency: times('latency: p(99)<250'),
  end_to_end: times('end_to_end: p(95)<2s'),
  service: times('service: p(99)<200'),
  first_byte: times('first_byte: p(95)<100'),
  pool_wait: times('pool_wait: p(99)<5'),
  lateness: times('lateness: p(99)<10'),
  bytes: {
    units: { p: 'bytes', avg: 'bytes', min: 'bytes', med: 'bytes', max: 'bytes' },
    example: 'bytes: max<64KB',
  },
  failures: { units: { rate: 'share', count: 'count' }, example: 'failures: rate<1%' },
  checks: { units: { rate: 'share' }, example: 'checks: rate>99%' },
  requests: { units: { rate: 'per second', count: 'count' }, example: 'requests: rate>50' },
  iterations: { units: { rate: 'per second', count: 'count' }, example: 'iterations: rate>50' },
  dropped: { units: { rate: 'share', count: 'count' }, example: 'dropped: count==0' },
  ttft: times('ttft: p(99)<500'),
  first_visible: times('first_visible: p(95)<1s'),
  gap: times('gap: p(99)<100'),
  tpot: times('tpot: p(95)<50'),
  output_tokens: { units: { rate: 'per second', count: 'count' }, example: 'output_tokens: rate>1000' },
  goodput: { units: { rate: 'per second' }, example: 'goodput: rate>5' },
  good: { units: { rate: 'share', count: 'count' }, example: 'good: rate>95%' },
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

/** Whether it is of whole iterations, which belong to a scenario but to no step. */
export function isOfIterations(metric: Metric): boolean {
  return metric === 'end_to_end' || metric === 'iterations';
}

/** Whether only answers that stream have it. */
export function isOfStreams(metric: Metric): boolean {
  return ['ttft', 'first_visible', 'gap', 'tpot', 'output_tokens'].includes(metric);
}

/** Whether it is told by the limits that other objectives set to single requests. */
export function isOfGood(metric: Metric): boolean {
  return metric === 'goodput' || metric === 'good';
}

/** Whether it grows with time, so that less of it came in less time. */
export function growsWithTime(metric: Metric): boolean {
  return ['requests', 'iterations', 'output_tokens', 'goodput'].includes(metric);
}

/** How many ms, bytes, or what the metric is counted in, a written unit is. */
export const WRITTEN_UNITS: Readonly<Record<Unit, Readonly<Record<string, number>>>> = {
  ms: { us: 0.001, µs: 0.001, ms: 1, s: 1000, m: 60_000, min: 60_000 },
  bytes: { b: 1, kb: 1000, mb: 1_000_000, kib: 1024, mib: 1_048_576 },
  share: { '%': 0.01 },
  'per second': { '/s': 1, '/min': 1 / 60 },
  count: {},
};
