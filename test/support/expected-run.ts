import assert from 'node:assert/strict';
import type { Plan } from '../../src/load/plan/plan.ts';
import { RunnerError } from '../../src/runner/messages.ts';
import { type FinishedRun, runPlan } from './finished-run.ts';

/** Runs a plan of which every request is to be answered. */
export async function answeredRun(plan: Plan, cwd: string): Promise<FinishedRun> {
  const finished = await runPlan(plan, cwd);
  const { load, errors } = finished.document;
  assert.ok(load.completed > 0 && load.failed === 0 && load.dropped === 0, JSON.stringify({ load, errors }));
  return finished;
}

/** What a run says that is not to get past its preflight. */
export async function refusedRun(plan: Plan, cwd: string): Promise<string> {
  const error = await runPlan(plan, cwd).then(
    () => assert.fail('It should not have passed the preflight.'),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof RunnerError, String(error));
  assert.equal(error.code, 3, error.message);
  assert.ok(!error.message.includes('\n    at '), error.message);
  return error.message;
}
