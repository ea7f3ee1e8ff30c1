import type { MetricSample, Scrape } from '../runs/metric-sample.ts';

/**
 * What is shown of a server's own metrics. Of several names the first that is there is taken: they changed over versions. `gauge`: as it
 * is; `mean`: of counters, what `over` grew by for each one that `under` grew by; `rate`: what it grew by a second.
 */
interface Rule {
  readonly server: string;
  readonly name: string;
  readonly unit: string;
  readonly kind: 'gauge' | 'mean' | 'rate';
  readonly over: readonly string[];
  readonly under: readonly string[];
  readonly scale: number;
}

function gauge(server: string, name: string, unit: string, over: readonly string[], scale = 1): Rule {
  return { server, name, unit, kind: 'gauge', over, under: [], scale };
}

function mean(
  server: string,
  name: string,
  unit: string,
  over: readonly string[],
  under: readonly string[],
  scale = 1,
) {
  return { server, name, unit, kind: 'mean', over, under, scale } as const;
}

/** A histogram's mean. @param histograms in seconds */
function time(server: string, name: string, ...histograms: readonly string[]): Rule {
  const parts = (part: string): string[] => histograms.map((histogram) => `${histogram}_${part}`);
  return mean(server, name, 'ms', parts('sum'), parts('count'), 1000);
}

/** A counter; OpenMetrics wants `_total` behind its name. */
function counter(...names: readonly string[]): string[] {
  return names.flatMap((name) => [`${name}_total`, name]);
}

const NS = 1e-6;
const US = 1e-3;
const TRITON = ['compute_input', 'compute_infer', 'compute_output'] as const;

/** By the servers' own documents. The first of a server are what is said of it in a sentence. */
const RULES: readonly Rule[] = [
  mean('Triton', 'queue', 'ms', ['triton_queue_ns'], ['triton_queue_count'], NS),
  ...TRITON.map((step) =>
    mean('Triton', step.replace('_', ' '), 'ms', [`triton_${step}_ns`], [`triton_${step}_count`], NS),
  ),
  mean('Triton', 'rows a batch', 'rows', ['triton_rows'], ['triton_executions']),
  mean('Triton', 'queue', 'ms', ['nv_inference_queue_duration_us'], ['nv_inference_request_success'], US),
  ...TRITON.map((step) =>
    mean(
      'Triton',
      step.replace('_', ' '),
      'ms',
      [`nv_inference_${step}_duration_us`],
      ['nv_inference_request_success'],
      US,
    ),
  ),
  mean('Triton', 'rows a batch', 'rows', ['nv_inference_count'], ['nv_inference_exec_count']),
  gauge('Triton', 'pending', 'requests', ['nv_inference_pending_request_count']),

  time('vLLM', 'queue', 'vllm:request_queue_time_seconds'),
  time('vLLM', 'time to first token', 'vllm:time_to_first_token_seconds'),
  time('vLLM', 'time per token', 'vllm:inter_token_latency_seconds', 'vllm:time_per_output_token_seconds'),
  gauge('vLLM', 'running', 'requests', ['vllm:num_requests_running']),
  gauge('vLLM', 'waiting', 'requests', ['vllm:num_requests_waiting']),
  gauge('vLLM', 'KV cache', '%', ['vllm:kv_cache_usage_perc', 'vllm:gpu_cache_usage_perc'], 100),
  mean(
    'vLLM',
    'prefix cache hits',
    '%',
    counter('vllm:prefix_cache_hits', 'vllm:gpu_prefix_cache_hits'),
    counter('vllm:prefix_cache_queries', 'vllm:gpu_prefix_cache_queries'),
    100,
  ),
  { ...gauge('vLLM', 'preemptions', '/s', counter('vllm:num_preemptions')), kind: 'rate' },

  time('SGLang', 'time to first token', 'sglang:time_to_first_token_seconds'),
  time('SGLang', 'time per token', 'sglang:inter_token_latency_seconds', 'sglang:time_per_output_token_seconds'),
  gauge('SGLang', 'running', 'requests', ['sglang:num_running_reqs']),
  gauge('SGLang', 'waiting', 'requests', ['sglang:num_queue_reqs']),
  gauge('SGLang', 'KV cache', '%', ['sglang:token_usage'], 100),
  gauge('SGLang', 'prefix cache hits', '%', ['sglang:cache_hit_rate'], 100),

  ...(['TGI tgi', 'TEI te'] as const).flatMap((both): Rule[] => {
    const [server, prefix] = both.split(' ') as [string, string];
    return [
      time(server, 'queue', `${prefix}_request_queue_duration`),
      time(server, 'inference', `${prefix}_request_inference_duration`),
      mean(server, 'rows a batch', 'rows', [`${prefix}_batch_next_size_sum`], [`${prefix}_batch_next_size_count`]),
      gauge(server, 'waiting', 'requests', [`${prefix}_queue_size`]),
      gauge(server, 'running', 'requests', [`${prefix}_batch_current_size`]),
    ];
  }),
];

/** One quantity between two moments. */
export interface Reading {
  readonly server: string;
  /** After the server's name. */
  readonly name: string;
  readonly unit: string;
  /** The model's name; null where none is told. */
  readonly model: string | null;
  /** NaN where nothing happened that it could be told of. */
  readonly value: number;
}

const KNOWN: ReadonlySet<string> = new Set([
  ...RULES.flatMap(({ over, under }) => [...over, ...under]),
  'triton_batch_count',
  'triton_batch_ns',
]);

/** Whether a metric says something that is shown. */
export function isKnownMetric(name: string): boolean {
  return KNOWN.has(name);
}

/** Whether a reading is of counters, so that over a longer time it is taken of that time as a whole. */
export function isOfCounters({ server, name }: Reading): boolean {
  return RULES.some((rule) => rule.server === server && rule.name === name && rule.kind !== 'gauge');
}

/** What was told from one moment to a later one: gauges of the later, of counters what they grew by. Null before: gauges alone. */
export function readingsBetween(before: Scrape | null, after: Scrape): Reading[] {
  const models = [...new Set(after.samples.map(modelOf))];
  const told = new Set<string>();
  return RULES.flatMap((rule) =>
    models.flatMap((model) => {
      const value = amountOf(rule, before, after, model);
      const key = `${rule.server} ${rule.name} ${model}`;
      if (value === null || told.has(key)) return [];
      told.add(key);
      return [{ server: rule.server, name: rule.name, unit: rule.unit, model, value }];
    }),
  );
}

/** null where the server does not tell it. */
function amountOf(rule: Rule, before: Scrape | null, after: Scrape, model: string | null): number | null {
  const now = sumOf(after, rule.over, model);
  if (now === null) return null;
  if (rule.kind === 'gauge') return now * rule.scale;
  if (before === null) return NaN;
  const grown = now - (sumOf(before, rule.over, model) ?? 0);
  const seconds = (after.time - before.time) / 1000;
  const under =
    rule.kind === 'rate' ? seconds : (sumOf(after, rule.under, model) ?? NaN) - (sumOf(before, rule.under, model) ?? 0);
  // A counter that falls belongs to a server that was started anew.
  return under > 0 && grown >= 0 ? (grown / under) * rule.scale : NaN;
}

function sumOf({ samples }: Scrape, names: readonly string[], model: string | null): number | null {
  for (const name of names) {
    const own = samples.filter((sample) => sample.name === name && modelOf(sample) === model);
    if (own.length > 0) return own.reduce((sum, { value }) => sum + value, 0);
  }
  return null;
}

function modelOf({ labels }: MetricSample): string | null {
  return labels['model_name'] ?? labels['model'] ?? null;
}

/** Batches of one size that a server made. */
export interface BatchCount {
  readonly size: number;
  readonly executions: number;
  /** Ms the model took for one of them; null unknown. */
  readonly compute: number | null;
}

/** The batches that a server made between two moments, by size; empty where it does not tell. */
export function batchesBetween(before: Scrape, after: Scrape): BatchCount[] {
  const sums = (scrape: Scrape, name: string): Map<string, number> => {
    const bySize = new Map<string, number>();
    for (const { name: own, labels, value } of scrape.samples) {
      const size = labels['batch_size'];
      if (own === name && size !== undefined) bySize.set(size, (bySize.get(size) ?? 0) + value);
    }
    return bySize;
  };
  const [counts, times] = ['triton_batch_count', 'triton_batch_ns'].map((name) => {
    const old = sums(before, name);
    return new Map([...sums(after, name)].map(([size, sum]) => [size, sum - (old.get(size) ?? 0)]));
  }) as [Map<string, number>, Map<string, number>];
  return [...counts]
    .filter(([, executions]) => executions > 0)
    .map(([size, executions]) => ({
      size: Number(size),
      executions,
      compute: times.has(size) ? (times.get(size)! / executions) * NS : null,
    }))
    .sort((a, b) => a.size - b.size);
}
