import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import { steadyRate } from '../../src/load/model/open-load.ts';
import type { Plan, ResolvedPlan, StreamPlan } from '../../src/load/plan/plan.ts';
import { resolvePlan } from '../../src/load/plan/resolve-plan.ts';
import { conclude, settle } from '../../src/runner/conclude.ts';
import { CHUNK_WIDTH } from '../../src/runs/chunk-table.ts';
import {
  DETAIL_COLUMNS,
  DETAIL_WIDTH,
  type DetailColumn,
  OUTCOMES,
  type Outcome,
  PHASES,
  type Phase,
  REQUEST_OFFSET,
  REQUEST_WIDTH,
} from '../../src/runs/request-table.ts';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { RunLog } from '../../src/runs/run-log.ts';
import { begunDocument } from './begun-document.ts';
import { planOf, scenarioOf, stepTo } from './plans.ts';

/** A request as its row and its chunks are to tell it. Times in ms of run time. */
export interface MadeRequest {
  readonly intended: number;
  /** It was sent off, and a connection was got; at once unless it is told. */
  readonly dispatched?: number;
  readonly acquired?: number;
  readonly end: number;
  readonly outcome?: Outcome;
  readonly phase?: Phase;
  readonly step?: number;
  /** When its chunks with something in them came; none of what does not stream. */
  readonly chunks?: readonly number[];
  /** The index of the first chunk with content, not only reasoning; null: none has. */
  readonly visible?: number | null;
  readonly details?: Partial<Record<DetailColumn, number>>;
}

export interface PackedRequests {
  readonly rows: Float64Array;
  readonly details: Float64Array;
  readonly chunks: Float64Array;
}

export const STREAM: StreamPlan = { api: 'openai-chat', cancel: null, tokenizer: null };

/** One POST that streams, 2 s of warm-up and 10 s of 50 requests a second. */
export function streamPlan(more: Partial<Plan> = {}): ResolvedPlan {
  const load = steadyRate(50, 10_000);
  const step = stepTo('http://127.0.0.1:8000/v1/chat/completions', { method: 'POST', stream: STREAM });
  const plan = planOf(step.url, load, { scenarios: [scenarioOf(step)], warmup: 2000, ...more });
  return resolvePlan(plan, load);
}

export function limit(objective: string): Plan['objectives'][number] {
  return { objective, window: null, abort: false, after: 0 };
}

/** As a generator sends them. @param firstId of the first of them */
export function packed(requests: readonly MadeRequest[], firstId = 0): PackedRequests {
  const rows = new Float64Array(requests.length * REQUEST_WIDTH).fill(Number.NaN);
  const details = new Float64Array(requests.length * DETAIL_WIDTH).fill(Number.NaN);
  const chunks: number[] = [];
  requests.forEach((request, i) => {
    const { intended, end, outcome = 'ok', phase = 'measured', step = 0, chunks: times = [], visible = 0 } = request;
    const codes = [PHASES.indexOf(phase), OUTCOMES.indexOf(outcome)] as const;
    const row = rows.subarray(i * REQUEST_WIDTH, (i + 1) * REQUEST_WIDTH);
    const set = (name: keyof typeof REQUEST_OFFSET, value: number): void => {
      row[REQUEST_OFFSET[name]] = value;
    };
    set('id', firstId + i);
    set('phase', codes[0]);
    set('outcome', codes[1]);
    set('status', 200);
    set('bytes', 100);
    const { dispatched = intended } = request;
    set('intended', intended);
    set('dispatched', dispatched);
    for (const name of ['acquired', 'sent'] as const) set(name, request.acquired ?? dispatched);
    set('firstByte', times[0] ?? end);
    set('end', end);
    set('step', step);
    set('iteration', firstId + i);
    const known = {
      firstContent: times[0] ?? Number.NaN,
      firstVisible: visible === null ? Number.NaN : (times[visible] ?? Number.NaN),
      lastContent: times.at(-1) ?? Number.NaN,
      chunks: times.length > 0 ? times.length : Number.NaN,
      ...request.details,
    };
    for (const [name, value] of Object.entries(known)) {
      details[i * DETAIL_WIDTH + DETAIL_COLUMNS.indexOf(name as DetailColumn)] = value;
    }
    times.forEach((at, n) => {
      chunks.push(firstId + i, ...codes, step, at, n === 0 ? Number.NaN : at - times[n - 1]!, Number.NaN);
    });
  });
  if (chunks.length % CHUNK_WIDTH !== 0) throw new Error('a chunk has other columns now');
  return { rows, details, chunks: Float64Array.from(chunks) };
}

/** A run of 10 s measured from 2 s on in which all that happened, concluded as any is. @param preflight ms by step @returns its folder and document */
export async function concludedRun(
  folder: string,
  plan: ResolvedPlan,
  requests: readonly MadeRequest[],
  preflight: readonly number[] = [],
): Promise<{ readonly folder: string; readonly document: RunDocument }> {
  const place = await mkdtemp(path.join(folder, 'run-'));
  const log = new RunLog(place, { details: true, chunks: true });
  const { rows, details, chunks } = packed(requests);
  log.event({ type: 'phase', phase: 'warmup', start: 0 });
  log.event({ type: 'phase', phase: 'measured', start: 2000 });
  log.rows(rows, details);
  log.chunks(chunks);
  const measured = requests.filter(({ phase = 'measured' }) => phase === 'measured').length;
  const planned = { warmup: requests.length - measured, measured, transition: 0, profiled: 0 };
  log.event({ type: 'done', sendingEnd: 12_000, end: 20_000, planned });
  await log.close();
  const circumstances = { preflight, capacity: null, streams: 1, series: null, broken: null };
  const concluded = await conclude(begunDocument(plan), plan, place, 'finished', circumstances);
  await settle(place, concluded, plan);
  return { folder: place, document: concluded.document };
}
