import type { Load } from '../../src/load/model/load-model.ts';
import type { Plan, Step } from '../../src/load/plan/plan.ts';
import type { RunRequest } from '../../src/runner/messages.ts';
import { type FinishedRun, runPlan } from './finished-run.ts';
import { planOf, scenarioOf } from './plans.ts';
import { type RecordedRequest, startRecordingServer } from './recording-server.ts';

/** A run and what the server it went to saw. */
export interface RecordedRun extends FinishedRun {
  /** All that reached the server, set-up and preflight first. */
  readonly record: readonly RecordedRequest[];
  /** Of it what came once the load had begun. */
  readonly arrived: readonly RecordedRequest[];
}

/** Runs one scenario of the steps against a recording server of its own, unless the plan has its own scenarios. */
export async function recordedRun(
  cwd: string,
  load: Load,
  steps: readonly Step[],
  more: Partial<Plan> = {},
  request: Partial<RunRequest> = {},
): Promise<RecordedRun> {
  const server = await startRecordingServer();
  try {
    const plan = planOf(server.url, load, { scenarios: [scenarioOf(...steps)], ...more });
    const finished = await runPlan(plan, cwd, request);
    const record = await server.record();
    return { ...finished, record, arrived: record.filter(({ at }) => at >= finished.began) };
  } finally {
    await server.stop();
  }
}

/** Headers that mark a step's request with its iteration. */
export const MARK = { 'x-iteration': '${iteration}' };

export function iterationOf({ headers }: RecordedRequest): number {
  return Number(headers['x-iteration']);
}

export function byIteration(requests: readonly RecordedRequest[]): RecordedRequest[] {
  return requests.toSorted((a, b) => iterationOf(a) - iterationOf(b));
}

export function pathOf({ url }: RecordedRequest): string {
  return new URL(url, 'http://server').pathname;
}

export function queryOf({ url }: RecordedRequest): URLSearchParams {
  return new URL(url, 'http://server').searchParams;
}
