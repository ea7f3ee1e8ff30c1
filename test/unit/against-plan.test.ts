import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planAgainst } from '../../src/find/against-plan.ts';
import { llmPlan } from '../../src/load/plan/import/llm/llm-plan.ts';
import { plainPlan } from '../../src/load/plan/plain-plan.ts';
import type { Plan } from '../../src/load/plan/plan.ts';
import { readPlan } from '../../src/load/plan/read/plan-file.ts';

const written = (text: string, environment: Record<string, string> = {}): Plan =>
  readPlan(text, '/plans/shop.load.yaml', environment).plan;

/** Where the target, the set-up and the load's steps lead. */
function addresses({ target, setup, scenarios }: Plan): string[] {
  const steps = [...(setup?.steps ?? []), ...scenarios.flatMap((scenario) => scenario.steps)];
  return [target.url, ...steps.map(({ url }) => url)];
}

test('one request goes to the other build, whose path need not be repeated, and may be another', () => {
  const plan = plainPlan({ url: 'http://127.0.0.1:8000/predict?n=1', method: 'POST', headers: { a: 'b' }, body: 'x' });
  const there = 'http://127.0.0.1:8001/predict?n=1';
  assert.deepEqual(addresses(planAgainst(plan, 'http://127.0.0.1:8001')), [there, there]);
  const other = 'http://127.0.0.1:8000/v2/predict';
  const against = planAgainst(plan, other);
  assert.deepEqual(addresses(against), [other, other]);
  const [step] = against.scenarios[0]!.steps;
  assert.deepEqual([step!.method, step!.headers], ['POST', { a: 'b' }]);
  const alone = written('target: http://127.0.0.1:8000/health');
  assert.deepEqual(addresses(planAgainst(alone, 'http://127.0.0.1:8001')).at(-1), 'http://127.0.0.1:8001/health');
});

test('a language model is asked for the same completions there, whether or not the path is repeated', () => {
  const place = { target: 'http://127.0.0.1:8000', base: '/v1', api: 'openai-chat' } as const;
  const plan = llmPlan(place, { id: 'm', knowsIgnoreEos: true, longest: null }, {});
  for (const given of ['http://127.0.0.1:8001', 'http://127.0.0.1:8001/v1/chat/completions']) {
    const against = planAgainst(plan, given);
    assert.equal(new URL(against.target.url).origin, 'http://127.0.0.1:8001');
    assert.deepEqual(addresses(against).slice(1), ['/v1/models', '/v1/chat/completions']);
    assert.deepEqual([against.data, against.setup?.refresh], [plan.data, null]);
  }
});

test('steps that name the target’s origin go to the other build too, by whatever name and placeholder; others stay', () => {
  const plan = written(
    [
      'target: http://${env.HOST}',
      'setup:',
      '  steps:',
      '    - post: http://localhost:8000/login',
      'steps:',
      '  - get: /items',
      '    extract: { id: $.id, next: $.next }',
      '  - get: http://${env.HOST}/items/${id}',
      '  - get: http://127.0.0.1:8000?page=${iteration}',
      '  - get: http://127.0.0.1:8080/',
      '  - get: http://127.0.0.1:9000/pay',
      '  - get: ${next}',
    ].join('\n'),
    { HOST: '127.0.0.1:8000' },
  );
  assert.deepEqual(addresses(planAgainst(plan, 'https://[::1]:8443')), [
    'https://[::1]:8443/',
    'https://[::1]:8443/login',
    '/items',
    'https://[::1]:8443/items/${id}',
    'https://[::1]:8443?page=${iteration}',
    'http://127.0.0.1:8080/',
    'http://127.0.0.1:9000/pay',
    '${next}',
  ]);
});

test('an address that changes nothing of where requests go is refused, but the very same one', () => {
  const plan = written('target: http://127.0.0.1:8000/v2\nsteps:\n  - get: /v2/predict');
  assert.throws(() => planAgainst(plan, 'http://127.0.0.1:8000/v1'), {
    name: 'PlanError',
    message: /^--against http:\/\/127\.0\.0\.1:8000\/v1 leads where the plan’s requests go anyway/,
  });
  assert.deepEqual(addresses(planAgainst(plan, 'http://127.0.0.1:8000')), addresses(plan));
  const beside = written('target: http://127.0.0.1:8000/v2/\nsteps:\n  - get: predict');
  assert.equal(planAgainst(beside, 'http://127.0.0.1:8000/v1/').target.url, 'http://127.0.0.1:8000/v1/');
  const socket = written('target: { url: http://localhost/, socket: /run/app.sock }');
  assert.throws(() => planAgainst(socket, 'http://127.0.0.1:8000'), /Unix socket/);
});
