import { figure } from '../load/measure/figure.ts';
import { csvField } from './csv-field.ts';

/** A question that runs were asked, drawn: the highest rate, or a comparison of settings. Times in ms, rates a second, unknown is null. */
export interface AnswerView {
  readonly kind: 'find-rate' | 'sweep';
  readonly title: string;
  readonly startedAt: string;
  /** Ms so far. */
  readonly took: number;
  /** What is done now, while it goes on; null once it has ended. */
  readonly progress: string | null;
  /** `found`, `none`, `unresolved`; of a sweep `measured`. Null while it goes on. */
  readonly status: 'found' | 'none' | 'unresolved' | 'measured' | null;
  readonly sentence: string | null;
  /** What saturated first; null where it cannot be told. */
  readonly saturated: string | null;
  /** What a server's larger batches cost in delay; null where it does not tell. */
  readonly batching: string | null;
  readonly objectives: readonly string[];
  /** What the points differ in: `requests a second`, `users`, `batch`. */
  readonly varied: string;
  /** Where the answer lies, in what is varied. */
  readonly band: { readonly passesAt: number | null; readonly failsAt: number | null } | null;
  readonly points: readonly AnswerPoint[];
  /** Indexes into the points; null where there is none. */
  readonly knee: number | null;
  readonly best: number | null;
}

/** What is not known of a question before it is answered. */
export const UNANSWERED = {
  status: null,
  sentence: null,
  saturated: null,
  batching: null,
  band: null,
  knee: null,
  best: null,
} as const satisfies Partial<AnswerView>;

/** What a rate of iterations is called where people read it. */
export function rateUnit(requestsPerIteration: number): string {
  return requestsPerIteration === 1 ? 'requests a second' : 'iterations a second';
}

/** One setting, and what was measured at it. */
export interface AnswerPoint {
  readonly label: string;
  /** Where it stands among the settings; null where they are no numbers, or it is another kind of load. */
  readonly at: number | null;
  /** Folders of its runs. */
  readonly runs: readonly string[];
  readonly requestsPerSecond: number | null;
  readonly rowsPerSecond: number | null;
  readonly tokensPerSecond: number | null;
  readonly p50: number | null;
  readonly p95: number | null;
  readonly p99: number | null;
  /** Of the time to the first token, for streams. */
  readonly ttftP50: number | null;
  readonly ttftP99: number | null;
  /** In the mean, as the server told it: rows, and ms a request waited for its batch. */
  readonly rowsPerBatch: number | null;
  readonly batchQueue: number | null;
  readonly failed: number;
  /** Whether every objective held; null where that cannot be told, or none is set. */
  readonly ok: boolean | null;
  readonly reason: string | null;
  readonly costPer1000: number | null;
}

/** The points as a table, RFC 4180 with `\n`; what is unknown is empty. */
export function answerCsv({ varied, points }: AnswerView): string {
  const columns: readonly (readonly [string, (point: AnswerPoint) => number | string | boolean | null])[] = [
    [varied, ({ label }) => label],
    ['requests_per_second', ({ requestsPerSecond }) => requestsPerSecond],
    ['rows_per_second', ({ rowsPerSecond }) => rowsPerSecond],
    ['tokens_per_second', ({ tokensPerSecond }) => tokensPerSecond],
    ['p50_ms', ({ p50 }) => p50],
    ['p95_ms', ({ p95 }) => p95],
    ['p99_ms', ({ p99 }) => p99],
    ['ttft_p50_ms', ({ ttftP50 }) => ttftP50],
    ['ttft_p99_ms', ({ ttftP99 }) => ttftP99],
    ['rows_per_batch', ({ rowsPerBatch }) => rowsPerBatch],
    ['batch_queue_ms', ({ batchQueue }) => batchQueue],
    ['failed', ({ failed }) => failed],
    ['ok', ({ ok }) => ok],
    ['cost_per_1000', ({ costPer1000 }) => costPer1000],
    ['reason', ({ reason }) => reason],
    ['runs', ({ runs }) => runs.join(' ')],
  ];
  const line = (cells: readonly unknown[]): string => `${cells.map((value) => cell(value)).join(',')}\n`;
  return line(columns.map(([name]) => name)) + points.map((point) => line(columns.map(([, of]) => of(point)))).join('');
}

function cell(value: unknown): string {
  return value === null ? '' : csvField(String(value));
}

/** What a rate is said to be beside the points: `120/s`. */
export function perSecond(value: number | null): string {
  return value === null ? 'unknown' : `${figure(value)}/s`;
}
