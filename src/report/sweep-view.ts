import type { SweepDocument } from '../find/sweep-document.ts';
import type { AnswerView } from './answer-view.ts';

/** @param title what was asked, such as `POST /predict` @param progress what is done now, while it goes on */
export function sweepView(document: SweepDocument, title: string, progress: string | null = null): AnswerView {
  const over = progress === null;
  return {
    kind: 'sweep',
    title,
    startedAt: document.startedAt,
    took: document.took,
    progress,
    status: over ? 'measured' : null,
    sentence: over ? document.sentence : null,
    saturated: over ? document.saturated : null,
    objectives: document.objectives,
    varied: document.varied === 'rate' ? 'requests a second' : document.varied,
    band: null,
    points: document.points.map((point) => ({
      label: point.value,
      at: numberIn(point.value),
      runs: point.probes.map(({ run }) => run),
      requestsPerSecond: point.requestsPerSecond,
      rowsPerSecond: point.rowsPerSecond,
      tokensPerSecond: point.tokensPerSecond,
      ...point.latency,
      ttftP50: point.ttft?.p50 ?? null,
      ttftP99: point.ttft?.p99 ?? null,
      failed: point.failed,
      ok: point.ok,
      reason: point.probes.find(({ reason }) => reason !== null)?.reason ?? null,
      costPer1000: point.costPer1000,
    })),
    knee: over ? document.knee : null,
    best: over ? document.best : null,
  };
}

function numberIn(value: string): number | null {
  const number = Number(value);
  return value.trim() !== '' && Number.isFinite(number) ? number : null;
}
