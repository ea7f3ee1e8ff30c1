import assert from 'node:assert/strict';
import test from 'node:test';
import { type Plan, plainPlan } from '../../src/load/plan/plan.ts';
import { lacksSecrets, Redactor, withoutSecrets } from '../../src/load/plan/redaction.ts';

const plain = plainPlan({
  url: 'http://user:hunter2@127.0.0.1:1/p?api_key=hunter2&x=1',
  method: 'POST',
  headers: { Authorization: 'Bearer hunter2', 'X-Api-Key': 'hunter2', accept: 'text/html' },
  body: '{"password":"hunter2","nested":{"token":"hunter2"},"text":"kept"}',
});
const [scenario] = plain.scenarios;
const [step] = scenario!.steps;
const plan: Plan = {
  ...plain,
  environment: { DB_PASSWORD: 'hunter2' },
  setup: {
    refresh: null,
    steps: [{ ...step!, body: { kind: 'form', fields: { password: 'hunter2', user: 'ada' } } }],
  },
  scenarios: [
    {
      ...scenario!,
      steps: [
        step!,
        { ...step!, name: 'json', body: { kind: 'json', value: { secret: 'hunter2', n: 1 } } },
        { ...step!, name: 'parts', body: { kind: 'multipart', parts: [{ name: 'api_key', value: 'hunter2' }] } },
        { ...step!, name: 'reference', headers: { authorization: 'Bearer ${secrets.token}' } },
      ],
    },
  ],
};

test('no secret is written with a plan', () => {
  const text = JSON.stringify(withoutSecrets(plan));
  assert.ok(!text.includes('hunter2'), text);
  assert.ok(text.includes('kept') && text.includes('text/html') && text.includes('ada'));
  assert.ok(text.includes('Bearer ${secrets.token}'), 'a reference tells no secret');
});

test('a plan from which a secret was removed is known to lack it, one that only refers to secrets is not', () => {
  assert.equal(lacksSecrets(plan), false);
  assert.equal(lacksSecrets(withoutSecrets(plan)), true);
  const get = (url: string): Plan => plainPlan({ url, method: 'GET', headers: {}, body: null });
  const open = get('http://127.0.0.1:1/p?x=removed-items&kind=1');
  const target = { ...open.target, headers: { authorization: 'Bearer ${secrets.token}' } };
  assert.equal(lacksSecrets(withoutSecrets({ ...open, target })), false);
  for (const url of [
    'http://127.0.0.1:1/p?api_key=k',
    'http://127.0.0.1:1/p?token=k&x=1',
    'http://u:p@127.0.0.1:1/p',
  ]) {
    assert.equal(lacksSecrets(withoutSecrets(get(url))), true, url);
  }
});

test('no secret is kept of what went over the wire, by name or by value', () => {
  const redactor = new Redactor(['s3cr3t-value', 'ab']);
  const headers = redactor.headers([
    ['authorization', 'Bearer x'],
    ['x-trace', 'user s3cr3t-value'],
    ['accept', 'ab'],
  ]);
  assert.deepEqual(headers, { authorization: '<removed>', 'x-trace': 'user <removed>', accept: 'ab' });
  assert.equal(
    redactor.url('http://a:b@h/p?token=1&x=s3cr3t-value'),
    'http://removed:removed@h/p?token=removed&x=<removed>',
  );
  assert.equal(redactor.body('{"password":"x","note":"s3cr3t-value"}'), '{"password":"<removed>","note":"<removed>"}');
});
