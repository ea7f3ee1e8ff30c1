import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as vscode from 'vscode';
import { loadTest } from '../../../src/editor/commands/load-test.ts';
import type { PlanSecrets } from '../../../src/editor/plan-files/plan-secrets.ts';
import { PlanRunner } from '../../../src/editor/plan-runner.ts';
import type { RunController } from '../../../src/editor/run-controller.ts';
import { plainPlan } from '../../../src/load/plan/plain-plan.ts';
import type { Plan } from '../../../src/load/plan/plan.ts';
import { RunnerError } from '../../../src/runner/messages.ts';

const PLAN = plainPlan({ url: 'http://127.0.0.1:8000/predict', method: 'GET', headers: {}, body: null });

/** Keeps nothing. */
const memory = {
  get: (_key: string, byDefault?: unknown) => byDefault,
  update: async () => {},
} as unknown as vscode.Memento;

/** What runs plans, with a runner that fails with `error`. */
function failing(error: Error, running = false): PlanRunner {
  const controller = { running, run: () => Promise.reject(error) } as unknown as RunController;
  const secrets = { valuesFor: async () => ({}) } as unknown as PlanSecrets;
  return new PlanRunner(controller, memory, secrets);
}

/** The titles of what is asked meanwhile; each question is answered with what stands in it. */
async function askedIn(action: () => Promise<unknown>): Promise<(string | undefined)[]> {
  const { showInputBox } = vscode.window;
  const titles: (string | undefined)[] = [];
  vscode.window.showInputBox = async (options?: vscode.InputBoxOptions) => {
    titles.push(options?.title);
    return options?.value;
  };
  try {
    await action();
    return titles;
  } finally {
    vscode.window.showInputBox = showInputBox;
  }
}

test('a run that somebody stopped is no failure, one that failed is told, and a defect is not hidden', async () => {
  const stopped = new RunnerError(130, 'Stopped.');
  assert.deepEqual(await failing(stopped).run(PLAN, 'off'), { kind: 'stopped' });
  const error = new RunnerError(3, 'Nobody answers.');
  assert.deepEqual(await failing(error).run(PLAN, 'off'), { kind: 'failed', error });
  await assert.rejects(failing(new TypeError('A defect.')).run(PLAN, 'off'), /^TypeError: A defect\.$/);
});

test('a load is asked for where one is sent, and nothing at all while a load test is running', async () => {
  const runner = failing(new RunnerError(130, 'Stopped.'));
  const plans: Plan[] = [];
  const send = async (plan: Plan) => {
    plans.push(plan);
    return { kind: 'stopped' } as const;
  };
  assert.deepEqual(await askedIn(() => loadTest(runner, memory, true, send)), [
    'Endpoint (1/3)',
    'Body (2/3)',
    'Load (3/3)',
  ]);
  assert.deepEqual(await askedIn(() => loadTest(runner, memory, false, send)), ['Endpoint (1/2)', 'Body (2/2)']);
  assert.equal(plans.length, 2);
  const secrets = { valuesFor: () => assert.fail('a secret was asked for') } as unknown as PlanSecrets;
  const underWay = { running: true } as unknown as RunController;
  assert.deepEqual(await new PlanRunner(underWay, memory, secrets).run(PLAN, 'off'), { kind: 'stopped' });
  const busy = failing(new RunnerError(130, 'Stopped.'), true);
  assert.deepEqual(await askedIn(() => loadTest(busy, memory, false, send)), []);
});
