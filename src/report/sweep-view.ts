import type { SweepDocument } from '../find/sweep-document.ts';
import { type AnswerView, rateUnit, UNANSWERED } from './answer-view.ts';

/** What is known of a comparison before it has ended. */
export type SweepSoFar = Pick<
  SweepDocument,
  'varied' | 'requestsPerIteration' | 'objectives' | 'points' | 'startedAt' | 'took'
>;

/** @param title what was asked, such as `POST /predict` */
export function sweepView(document: SweepDocument, title: string): AnswerView {
  const { sentence, saturated, batching, knee, best } = document;
  return {
    ...sweepProgress(document, title, ''),
    progress: null,
    status: 'measured',
    sentence,
    saturated,
    batching,
    knee,
    best,
  };
}

/** @param progress what is done now */
export function sweepProgress(soFar: SweepSoFar, title: string, progress: string): AnswerView {
  const { varied, requestsPerIteration, objectives, points, startedAt, took } = soFar;
  return {
    ...UNANSWERED,
    kind: 'sweep',
    title,
    startedAt,
    took,
    progress,
    objectives,
    varied: varied === 'rate' ? rateUnit(requestsPerIteration) : varied,
    points: points.map((point) => ({
      label: point.value,
      at: numberIn(point.value),
      runs: point.probes.map(({ run }) => run),
      requestsPerSecond: point.requestsPerSecond,
      rowsPerSecond: point.rowsPerSecond,
      tokensPerSecond: point.tokensPerSecond,
      ...point.latency,
      ttftP50: point.ttft?.p50 ?? null,
      ttftP99: point.ttft?.p99 ?? null,
      rowsPerBatch: point.batching?.rows ?? null,
      batchQueue: point.batching?.queue ?? null,
      failed: point.failed,
      ok: point.ok,
      reason: point.refused ?? point.probes.find(({ reason }) => reason !== null)?.reason ?? null,
      costPer1000: point.costPer1000,
    })),
  };
}

function numberIn(value: string): number | null {
  const number = Number(value);
  return value.trim() !== '' && Number.isFinite(number) ? number : null;
}
