import assert from 'node:assert/strict';
import test from 'node:test';
import { steadyUsers } from '../../src/load/model/closed-load.ts';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { checkPlan } from '../../src/load/plan/check-plan.ts';
import { plainPlan } from '../../src/load/plan/plain-plan.ts';
import type { Method, Plan } from '../../src/load/plan/plan.ts';
import { PlanError } from '../../src/load/plan/plan-error.ts';

const URL_TEXT = 'http://127.0.0.1:8000/predict';
const plan = plainPlan({ url: URL_TEXT, method: 'GET', headers: {}, body: null });
const request = (changed: { url?: string; method?: string; headers?: Record<string, string> }): Plan =>
  plainPlan({ url: URL_TEXT, headers: {}, body: null, ...changed, method: (changed.method ?? 'GET') as Method });
const withBatch = (batch: string): Plan => {
  const scenarios = plan.scenarios.map((scenario) => ({
    ...scenario,
    steps: scenario.steps.map((step) => ({ ...step, batch })),
  }));
  return { ...plan, scenarios };
};

test('a plan within all limits is given back as it is', () => {
  const least = { duration: 100, warmup: 0, timeout: 10, seed: 0, generators: 1, maxInFlight: 1, connections: 1 };
  const most = {
    duration: 86_400_000,
    warmup: 3_600_000,
    timeout: 3_600_000,
    seed: 2 ** 31 - 1,
    generators: 64,
    connections: 100_000,
  };
  const plans: Plan[] = [
    plan,
    { ...plan, ...least, gracefulStop: 0, load: steadyRate(0.01, 100) },
    { ...plan, ...most, maxInFlight: 1_000_000, load: steadyUsers(100_000, 86_400_000) },
    { ...plan, load: { model: 'replay', times: [0, 1] } },
    { ...plan, load: { model: 'closed', stages: [{ name: 'up', from: 0, to: 8, duration: 5000 }] } },
    withBatch('8'),
    withBatch('${env.BATCH}'),
    request({ method: 'PATCH', headers: { 'x-a': '${literal} é' } }),
  ];
  for (const each of plans) assert.equal(checkPlan(each), each);
});

test('what is not within them is told with its option and what it may be', () => {
  const cases: [Plan, string][] = [
    [{ ...plan, load: steadyRate(0, 1000) }, '--rate must be 0.01 to 1000000 requests per second, not 0.'],
    [{ ...plan, load: steadyRate(Number.NaN, 1000) }, '--rate must be 0.01 to 1000000 requests per second, not NaN.'],
    [{ ...plan, load: steadyUsers(2.5, 1000) }, '--users must be a whole number from 1 to 100000, not 2.5.'],
    [
      { ...plan, load: { model: 'closed', stages: [{ name: 'a', from: 0.5, to: 4, duration: 1000 }] } },
      '--users must be a whole number from 0 to 100000, not 0.5.',
    ],
    [
      {
        ...plan,
        load: {
          model: 'open',
          arrivals: 'gamma',
          burstiness: 0,
          stages: [{ name: 'a', from: 1, to: 1, duration: 1000 }],
        },
      },
      '--burstiness must be 0.001 to 1000000, not 0.',
    ],
    [
      { ...plan, objectives: [{ objective: 'gap: p(99)<50', window: null, abort: false, after: 0 }] },
      '"gap: p(99)<50": no answer streams. Give the step a stream, such as stream: openai-chat.',
    ],
    [{ ...plan, duration: 50 }, '--duration must be a time from 100ms to 24h, not 50ms.'],
    [{ ...plan, warmup: -1 }, '--warmup must be a time from 0s to 1h, not -1.'],
    [{ ...plan, timeout: 7_200_000 }, '--timeout must be a time from 10ms to 1h, not 2h.'],
    [{ ...plan, connections: 0 }, '--connections must be a whole number from 1 to 100000, not 0.'],
    [{ ...plan, maxInFlight: 0 }, '--max-in-flight must be a whole number from 1 to 1000000, not 0.'],
    [{ ...plan, generators: 65 }, '--generators must be a whole number from 1 to 64, not 65.'],
    [{ ...plan, seed: 2 ** 31 }, '--seed must be a whole number from 0 to 2147483647, not 2147483648.'],
    [request({ url: 'no-url' }), '"no-url" is not a URL. Give one such as http://127.0.0.1:8000/predict.'],
    [request({ url: 'localhost:8000/x' }), 'localhost:// cannot be load-tested. Write http://localhost:8000/x.'],
    [request({ url: 'ftp://host/x' }), 'ftp:// cannot be load-tested. Use http:// or https://.'],
    [request({ method: 'BREW' }), 'Method BREW is not one of GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS.'],
    [request({ headers: { 'a b': 'c' } }), '"a b" is not a header\'s name.'],
    [request({ headers: { a: 'b\nc' } }), 'The header a would hold a line break, which no header can.'],
    [withBatch('abc'), 'batch must be a whole number from 1 to 100000, not "abc".'],
    [{ ...plan, scenarios: [] }, 'A plan has at least one scenario, and each scenario at least one step.'],
  ];
  for (const [wrong, message] of cases) {
    assert.throws(
      () => checkPlan(wrong),
      (error) => error instanceof PlanError && error.message === message,
      message,
    );
  }
  const objective = { objective: 'p(99) 250', window: null, abort: false, after: 0 };
  assert.throws(() => checkPlan({ ...plan, objectives: [objective] }), PlanError);
});
