import type { FindRateDocument } from '../find/find-rate-document.ts';
import type { ProbeDocument } from '../find/probe.ts';
import type { AnswerPoint, AnswerView } from './answer-view.ts';

/** @param title what was asked, such as `POST /predict` @param progress what is done now, while it goes on */
export function findRateView(document: FindRateDocument, title: string, progress: string | null = null): AnswerView {
  const users = document.probes.length > 0 && document.probes.every((probe) => probe.rate.asked === null);
  const over = progress === null;
  return {
    kind: 'find-rate',
    title,
    startedAt: document.startedAt,
    took: document.took,
    progress,
    status: over ? document.answer : null,
    sentence: over ? document.sentence : null,
    saturated: over ? document.saturated : null,
    objectives: document.objectives,
    varied: users ? 'users' : 'requests a second',
    band: over ? { passesAt: document.passesAt, failsAt: document.failsAt } : null,
    points: document.probes.map((probe) => pointOf(probe, users)),
    knee: null,
    best: null,
  };
}

function pointOf(probe: ProbeDocument, users: boolean): AnswerPoint {
  const { rate, latency, ttft } = probe;
  return {
    label: probe.label,
    at: users ? probe.users : rate.asked,
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
  };
}
