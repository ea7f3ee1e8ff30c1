import assert from 'node:assert/strict';
import test from 'node:test';
import { checkPlan, type Plan, PlanError } from '../../src/load/plan.ts';
import { withoutSecrets } from '../../src/load/redaction.ts';

const plan: Plan = {
  target: {
    url: 'http://user:hunter2@127.0.0.1:1/p?api_key=hunter2&x=1',
    method: 'POST',
    headers: { Authorization: 'Bearer hunter2', 'X-Api-Key': 'hunter2', accept: 'text/html' },
    body: '{"password":"hunter2","nested":{"token":"hunter2"},"text":"kept"}',
  },
  load: null,
  duration: 1000,
  warmup: 0,
  timeout: 1000,
  connections: null,
  seed: 1,
  objectives: [],
};

test('no secret is written with a plan', () => {
  const text = JSON.stringify(withoutSecrets(plan));
  assert.ok(!text.includes('hunter2'), text);
  assert.ok(text.includes('kept') && text.includes('text/html'));
});

test('a plan that cannot be run says which value is wrong', () => {
  const wrong = (change: Partial<Plan>, words: RegExp): void => {
    assert.throws(
      () => checkPlan({ ...plan, ...change }),
      (error) => error instanceof PlanError && words.test(error.message),
    );
  };
  wrong({ target: { ...plan.target, url: 'nonsense' } }, /nonsense/);
  wrong({ target: { ...plan.target, url: 'ftp://127.0.0.1/' } }, /ftp/);
  wrong({ target: { ...plan.target, headers: { a: 'x\r\ny: z' } } }, /line break/);
  wrong({ load: { model: 'open', rate: 0, arrivals: 'constant' } }, /--rate/);
  wrong({ load: { model: 'closed', users: 1.5 } }, /--users/);
  wrong({ duration: Number.NaN }, /--duration/);
});
