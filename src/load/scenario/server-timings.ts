import type { DetailValues } from '../../runs/request-table.ts';
import { TIMING_UNITS, type TimingsPlan } from '../plan/plan.ts';
import type { Answer } from './answer.ts';
import type { AnswerReader } from './answer-reader.ts';
import { compileExtraction, type Extractor } from './extraction.ts';
import { StepError } from './step-error.ts';

/** Reads the server's own times where a plan says they are. Throws a `PlanError` for a place that is none. */
export function compileTimings({ queue, compute, unit }: TimingsPlan): AnswerReader {
  const places = { serverQueue: queue, serverCompute: compute };
  const extractors = Object.entries(places).flatMap(([name, place]) =>
    place === null ? [] : [{ name: name as keyof typeof places, extractor: compileExtraction(place) }],
  );
  return {
    needsBody: extractors.some(({ extractor }) => extractor.needsBody),
    read(answer, _, details) {
      for (const { name, extractor } of extractors) details[name] = numberAt(extractor, answer) * TIMING_UNITS[unit];
    },
  };
}

/** NaN where there is none. */
function numberAt(extractor: Extractor, answer: Answer): number {
  try {
    const value = extractor.extract(answer);
    const isTold = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
    const number = isTold ? Number(value) : NaN;
    return Number.isFinite(number) && number >= 0 ? number : NaN;
  } catch (error) {
    if (error instanceof StepError) return NaN;
    throw error;
  }
}

type HeaderOf = (name: string) => string | undefined;
/** Ms; NaN: not known. */
type ServerTimes = Pick<DetailValues, 'serverQueue' | 'serverCompute'>;

/**
 * Fills in the server's own times from headers that are known for them: {@link readTgiHeaders}, and `Server-Timing` (W3C), ms. What is not
 * told is left.
 */
export function readTimingHeaders(header: HeaderOf, times: ServerTimes): void {
  if (readTgiHeaders(header, times)) return;
  const serverTiming = header('server-timing');
  if (serverTiming === undefined) return;
  const metrics = durationsOf(serverTiming);
  const queue = firstOf(metrics, QUEUE_NAMES);
  const compute = firstOf(metrics, COMPUTE_NAMES);
  const rest = firstOf(metrics, WHOLE_NAMES) - queue;
  if (!Number.isNaN(queue)) times.serverQueue = queue;
  if (!Number.isNaN(compute)) times.serverCompute = compute;
  else if (rest >= 0) times.serverCompute = rest;
}

/** Those of text-generation-inference and text-embeddings-inference, whole ms. Returns whether they are there. */
export function readTgiHeaders(header: HeaderOf, times: ServerTimes): boolean {
  // Others use one of these names too, in seconds; these two servers tell all three.
  const [queue, inference, total] = ['x-queue-time', 'x-inference-time', 'x-total-time'].map((name) =>
    told(header(name)),
  );
  if (Number.isNaN(queue! + inference! + total!)) return false;
  times.serverQueue = queue!;
  times.serverCompute = inference!;
  return true;
}

/** `Server-Timing` leaves its names to the server: these mean the wait and the work, the more exact first. */
const QUEUE_NAMES = ['queue', 'queue_time', 'queued', 'wait', 'batch_wait'];
const COMPUTE_NAMES = ['inference', 'infer', 'compute', 'model', 'predict', 'forward'];
/** All of a request in the server: the work once the wait is known and taken off. */
const WHOLE_NAMES = ['app', 'total'];

function firstOf(metrics: ReadonlyMap<string, number>, names: readonly string[]): number {
  const name = names.find((known) => metrics.has(known));
  return name === undefined ? NaN : metrics.get(name)!;
}

/** By names in lower case. */
function durationsOf(header: string): Map<string, number> {
  const metrics = new Map<string, number>();
  // A description is quoted, and may hold what else divides.
  for (const metric of header.match(/(?:"(?:\\.|[^"\\])*"|[^,"])+/g) ?? []) {
    const [name, ...parameters] = metric.match(/(?:"(?:\\.|[^"\\])*"|[^;"])+/g) ?? [];
    const duration = parameters.map((parameter) => /^\s*dur\s*=\s*"?([^"]*)"?\s*$/i.exec(parameter)?.[1]).find(Boolean);
    const ms = told(duration);
    if (name !== undefined && !Number.isNaN(ms)) metrics.set(name.trim().toLowerCase(), ms);
  }
  return metrics;
}

function told(text: string | undefined): number {
  const number = text === undefined || text.trim() === '' ? NaN : Number(text);
  return number >= 0 && Number.isFinite(number) ? number : NaN;
}
