import type { MetricSample } from '../runs/metric-sample.ts';

type Fields = Readonly<Record<string, unknown>>;

const STEPS = ['queue', 'compute_input', 'compute_infer', 'compute_output'] as const;

/**
 * Reads what Triton's statistics extension answers (`GET v2/models/NAME/stats`) as counters: `triton_requests`, `triton_rows`,
 * `triton_executions`, of each step `triton_STEP_count` and `triton_STEP_ns`, and by the size of the batches it made
 * `triton_batch_count` and `triton_batch_ns`. Empty for what is no such answer.
 */
export function readTritonStatistics(json: unknown): MetricSample[] {
  const models = fieldsOf(json)['model_stats'];
  return Array.isArray(models) ? models.flatMap((model) => samplesOf(fieldsOf(model))) : [];
}

function samplesOf(model: Fields): MetricSample[] {
  const labels = { model: String(model['name']) };
  const sample = (name: string, value: unknown, more: Readonly<Record<string, string>> = {}): MetricSample[] =>
    typeof value === 'number' ? [{ name: `triton_${name}`, labels: { ...labels, ...more }, value }] : [];
  const statistics = fieldsOf(model['inference_stats']);
  const batches = Array.isArray(model['batch_stats']) ? model['batch_stats'].map(fieldsOf) : [];
  return [
    ...sample('requests', fieldsOf(statistics['success'])['count']),
    ...sample('rows', model['inference_count']),
    ...sample('executions', model['execution_count']),
    ...STEPS.flatMap((step) => {
      const { count, ns } = fieldsOf(statistics[step]) as { readonly count?: unknown; readonly ns?: unknown };
      return [...sample(`${step}_count`, count), ...sample(`${step}_ns`, ns)];
    }),
    ...batches.flatMap((batch) => {
      const size = { batch_size: String(batch['batch_size']) };
      const { count, ns } = fieldsOf(batch['compute_infer']) as { readonly count?: unknown; readonly ns?: unknown };
      return [...sample('batch_count', count, size), ...sample('batch_ns', ns, size)];
    }),
  ];
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
