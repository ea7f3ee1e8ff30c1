import {
  DROPPED,
  INTERRUPTED,
  isAnswered,
  latencyAt,
  MEASURED,
  OUTCOMES,
  type RequestTable,
} from '../runs/request-table.ts';
import { labelText } from './label-text.ts';

/** The name of the histogram that a run's requests are told by, OpenTelemetry's for clients, and how the failed ones are known in it. */
export const CLIENT_HISTOGRAM = 'http_client_request_duration_seconds';
export const CLIENT_FAILED = 'error_type!=""';
/** What requests are told apart by there, beside how they failed. */
export const CLIENT_LABELS = ['step'];

/** A run's measured requests, and what they are told with. Times in ms. */
export interface MeteredRun {
  readonly tables: AsyncIterable<RequestTable>;
  /** Names of the steps, by the number that requests know them by. */
  readonly steps: readonly string[];
  /** The run's origin, since 1970. */
  readonly unixMs: number;
  readonly span: { readonly start: number; readonly end: number };
  /** Buckets that have to be there beside the usual ones. */
  readonly limits: readonly number[];
}

/** Seconds. */
const BUCKETS = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 60];
/** As if it had been scraped so often in all, but not more often than once a second, ms. */
const SCRAPES = 300;
const LEAST_EVERY_MS = 1000;

interface Counted {
  readonly step: string;
  readonly error: string;
  /** Requests in each bucket, those above all in the last. */
  readonly buckets: Float64Array;
  sum: number;
  count: number;
}

/**
 * A run as a server would have told of it, scrape after scrape: a histogram of what its measured requests took, in OpenMetrics text with
 * times, for `promtool tsdb create-blocks-from openmetrics`. Latency counts from the intended start, as everywhere.
 */
export async function requestMetrics({ tables, steps, unixMs, span, limits }: MeteredRun): Promise<string> {
  const bounds = [...new Set([...BUCKETS, ...limits.map((ms) => ms / 1000)])].sort((a, b) => a - b);
  const ended = await endedRequests(tables);
  const every = Math.max(LEAST_EVERY_MS, (span.end - span.start) / SCRAPES);
  const series = new Map<string, Counted>();
  const samples = new Map<Counted, string[]>();
  // Each series begins at 0, so that what came by its first scrape is an increase.
  for (const { step, outcome } of ended) {
    const error = errorOf(outcome);
    const key = `${step} ${error}`;
    if (series.has(key)) continue;
    const counted = { step: steps[step] ?? '', error, buckets: new Float64Array(bounds.length + 1), sum: 0, count: 0 };
    series.set(key, counted);
    samples.set(counted, []);
  }
  let next = 0;
  // Two scrapes of one time are one for Prometheus, and a whole number of them seldom is one in binary.
  const scrapes = Math.ceil((span.end - span.start) / every - 1e-6);
  for (let scrape = 0; scrape <= scrapes; scrape++) {
    const at = scrape === scrapes ? Number.POSITIVE_INFINITY : span.start + scrape * every;
    for (; next < ended.length && ended[next]!.end <= at; next++) {
      const { step, outcome, seconds } = ended[next]!;
      const counted = series.get(`${step} ${errorOf(outcome)}`)!;
      const bucket = bounds.findIndex((bound) => seconds <= bound);
      counted.buckets[bucket < 0 ? bounds.length : bucket]!++;
      counted.sum += seconds;
      counted.count++;
    }
    const time = ((unixMs + span.start + Math.min(scrape * every, span.end - span.start)) / 1000).toFixed(3);
    for (const counted of series.values()) samples.get(counted)!.push(...samplesOf(counted, bounds, time));
  }
  const head = [`# TYPE ${CLIENT_HISTOGRAM} histogram`, `# UNIT ${CLIENT_HISTOGRAM} seconds`];
  return `${[...head, ...[...samples.values()].flat(), '# EOF'].join('\n')}\n`;
}

interface Ended {
  readonly step: number;
  readonly outcome: number;
  readonly end: number;
  readonly seconds: number;
}

/** In the order in which they ended. What was never sent, or had not ended, a server would not tell of. */
async function endedRequests(tables: AsyncIterable<RequestTable>): Promise<Ended[]> {
  const ended: Ended[] = [];
  for await (const table of tables) {
    for (let row = 0; row < table.length; row++) {
      const outcome = table.outcome[row]!;
      const end = table.end[row]!;
      const isTold = outcome !== DROPPED && outcome !== INTERRUPTED && !Number.isNaN(end);
      if (table.phase[row] !== MEASURED || !isTold) continue;
      ended.push({ step: table.step[row]!, outcome, end, seconds: latencyAt(table, row) / 1000 });
    }
  }
  return ended.sort((a, b) => a.end - b.end);
}

/** Empty for what was answered, in full or as far as the plan let it. */
function errorOf(outcome: number): string {
  return isAnswered(outcome) ? '' : OUTCOMES[outcome]!;
}

function samplesOf({ step, error, buckets, sum, count }: Counted, bounds: readonly number[], time: string): string[] {
  const labels = [`step="${labelText(step)}"`, ...(error === '' ? [] : [`error_type="${error}"`])].join(',');
  let below = 0;
  const lines = bounds.map((bound, index) => {
    below += buckets[index]!;
    return `${CLIENT_HISTOGRAM}_bucket{${labels},le="${bound}"} ${below} ${time}`;
  });
  return [
    ...lines,
    `${CLIENT_HISTOGRAM}_bucket{${labels},le="+Inf"} ${count} ${time}`,
    `${CLIENT_HISTOGRAM}_count{${labels}} ${count} ${time}`,
    `${CLIENT_HISTOGRAM}_sum{${labels}} ${sum} ${time}`,
  ];
}
