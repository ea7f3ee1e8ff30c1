import assert from 'node:assert/strict';
import test from 'node:test';
import { SingleWalk } from '../../src/load/generate/single-walk.ts';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { plainPlan } from '../../src/load/plan/plain-plan.ts';
import { resolvePlan } from '../../src/load/plan/resolve-plan.ts';
import { PlanValues } from '../../src/load/scenario/plan-values.ts';
import { SetUpRefresh } from '../../src/runner/set-up-refresh.ts';

test('a set-up is run again after a day at the latest, and one that does not say when is said to be', () => {
  const request = plainPlan({ url: 'http://127.0.0.1:1/', method: 'GET', headers: {}, body: null });
  const plan = resolvePlan({ ...request, setup: { steps: [], refresh: '${lasts}' } }, steadyRate(1, 1000));
  const values = new PlanValues({ plan, secrets: {}, values: {}, allowed: [] });
  const walk = new SingleWalk(plan, {}, () => {});
  const { setTimeout } = globalThis;
  const asked: number[] = [];
  const refreshed = (refresh: string): string | null => {
    const done = { values: {}, refresh, at: performance.now() };
    return new SetUpRefresh({ plan, walk, values, setUp: done }, () => {}).trouble;
  };
  try {
    Object.assign(globalThis, { setTimeout: (_: unknown, ms: number) => asked.push(ms) });
    assert.deepEqual(['60s', '9999h'].map(refreshed), [null, null]);
    const trouble = 'The set-up was not run again: setup.refresh (${lasts}), filled in, is no time such as 3600s.';
    assert.equal(refreshed('soon'), trouble);
  } finally {
    Object.assign(globalThis, { setTimeout });
    walk.close();
  }
  // The runtime's timers take a time above 2³¹ ms for none.
  assert.deepEqual(
    asked.map((ms) => Math.round(ms / 1000)),
    [54, 24 * 3600],
  );
});
