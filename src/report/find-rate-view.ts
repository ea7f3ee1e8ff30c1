import type { FindRateDocument } from '../find/find-rate-document.ts';
import type { ProbeDocument } from '../find/probe.ts';
import { type AnswerPoint, type AnswerView, rateUnit, UNANSWERED } from './answer-view.ts';

/** What is known of a search before it has its answer. */
export type FindRateSoFar = Pick<
  FindRateDocument,
  'unit' | 'requestsPerIteration' | 'objectives' | 'probes' | 'startedAt' | 'took'
>;

/** @param title what was asked, such as `POST /predict` */
export function findRateView(document: FindRateDocument, title: string): AnswerView {
  const { answer: status, sentence, saturated, passesAt, failsAt } = document;
  return {
    ...findRateProgress(document, title, ''),
    progress: null,
    status,
    sentence,
    saturated,
    band: { passesAt, failsAt },
  };
}

/** @param progress what is done now */
export function findRateProgress(soFar: FindRateSoFar, title: string, progress: string): AnswerView {
  const { unit, requestsPerIteration, probes, objectives, startedAt, took } = soFar;
  return {
    ...UNANSWERED,
    kind: 'find-rate',
    title,
    startedAt,
    took,
    progress,
    objectives,
    varied: unit === 'users' ? 'users' : rateUnit(requestsPerIteration),
    points: probes.map(pointOf),
  };
}

function pointOf(probe: ProbeDocument): AnswerPoint {
  const { rate, latency, ttft } = probe;
  return {
    label: probe.label,
    at: probe.level,
    runs: [probe.run],
    requestsPerSecond: rate.got,
    rowsPerSecond: null,
    tokensPerSecond: probe.tokensPerSecond,
    p50: latency.p50,
    p95: latency.p95,
    p99: latency.p99,
    ttftP50: ttft?.p50 ?? null,
    ttftP99: ttft?.p99 ?? null,
    failed: probe.failed,
    ok: probe.ok,
    reason: probe.reason,
    costPer1000: null,
    rowsPerBatch: null,
    batchQueue: null,
  };
}
