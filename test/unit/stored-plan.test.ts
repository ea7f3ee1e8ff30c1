import assert from 'node:assert/strict';
import test from 'node:test';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { plainPlan } from '../../src/load/plan/plain-plan.ts';
import type { Plan } from '../../src/load/plan/plan.ts';
import { hasStreams } from '../../src/load/plan/plan-steps.ts';
import { resolvePlan } from '../../src/load/plan/resolve-plan.ts';
import { storedPlan } from '../../src/runner/opened/stored-plan.ts';

const asked = {
  url: 'http://127.0.0.1:8000/v1/chat/completions',
  method: 'POST',
  headers: {},
  body: '{"stream": true}',
} as const;
const stored = (plan: unknown): unknown => JSON.parse(JSON.stringify(plan));

test('a plan is stored with its streams', () => {
  const plan = resolvePlan(plainPlan(asked), steadyRate(1, 1000));
  assert.ok(hasStreams(plan));
  assert.deepEqual(storedPlan(stored(plan)), plan);
});

test('a run of a version that took answers as a whole has no streams, whatever it asked for', () => {
  const plan = resolvePlan(plainPlan(asked), steadyRate(1, 1000));
  const before = (steps: Plan['scenarios'][number]['steps']): unknown[] => steps.map(({ stream, ...step }) => step);
  const old = {
    ...plan,
    scenarios: plan.scenarios.map((scenario) => ({ ...scenario, steps: before(scenario.steps) })),
  };
  assert.equal(hasStreams(storedPlan(stored(old))), false);

  const first = { target: asked, load: { model: 'open', rate: 5 }, duration: 1000, warmup: 0, timeout: 1000 };
  assert.equal(hasStreams(storedPlan({ ...first, connections: 1, seed: 1, objectives: [] })), false);
});
