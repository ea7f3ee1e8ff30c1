import assert from 'node:assert/strict';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'node:test';
import { Client } from 'undici';
import { plainPlan, plainTarget } from '../../src/load/plan/plain-plan.ts';
import type { Step, Target } from '../../src/load/plan/plan.ts';
import { PlanError } from '../../src/load/plan/plan-error.ts';
import { CookieJar } from '../../src/load/scenario/cookies.ts';
import { type PreparedStep, prepareStep, type RenderedRequest } from '../../src/load/scenario/prepared-step.ts';
import { StepError } from '../../src/load/scenario/step-error.ts';
import type { IterationValues } from '../../src/load/scenario/values.ts';
import { valuesOf } from '../support/iteration-values.ts';
import { stepTo } from '../support/plans.ts';

const BASE = 'http://127.0.0.1:8000/v1/';
const step = (change: Partial<Step> = {}): Step => stepTo('cart', change);
const target = (change: Partial<Target> = {}): Target => ({ ...plainTarget(BASE), ...change });
const valuesAt = (index: number): IterationValues =>
  valuesOf({
    index,
    secrets: { token: 's3cret' },
    known: {
      elsewhere: 'https://user:pa%20ss@example.com/x',
      odd: 'a b\r\nGET /evil HTTP/1.1 ü#?/😀"%41',
      lines: 'a\r\nx: y',
      name: 'Jörg 東',
    },
  });
const prepare = (change: Partial<Step> = {}, on: Partial<Target> = {}): PreparedStep =>
  prepareStep(step(change), target(on), 3);
const render = (change: Partial<Step>, on: Partial<Target> = {}, index = 0): RenderedRequest =>
  prepare(change, on).render(valuesAt(index), null);
const headersOf = ({ headers }: RenderedRequest): Record<string, string> => {
  const named: Record<string, string> = {};
  for (let at = 0; at < headers.length; at += 2) {
    assert.ok(!(headers[at]! in named), `${headers[at]} is there twice`);
    named[headers[at]!] = headers[at + 1]!;
  }
  return named;
};
const isNone = (change: Partial<Step>, words: RegExp, on: Partial<Target> = {}): void => {
  assert.throws(
    () => prepare(change, on),
    (error) => error instanceof PlanError && error.message.startsWith('Step "cart"') && words.test(error.message),
  );
};
const fails = (change: Partial<Step>, words: RegExp): void => {
  const prepared = prepare(change);
  assert.throws(
    () => prepared.render(valuesAt(0), null),
    (error) => error instanceof StepError && error.kind === 'template' && words.test(error.message),
  );
};

test('a static step is rendered once', () => {
  const prepared = prepare({ method: 'POST', body: { kind: 'json', value: { a: 1 } }, query: { n: '1 2' } });
  assert.equal(prepared.origin, 'http://127.0.0.1:8000');
  const { fixed } = prepared;
  assert.ok(fixed !== null && Object.isFrozen(fixed) && Object.isFrozen(fixed.headers));
  assert.equal(prepared.render(valuesAt(0), null), fixed);
  assert.equal(prepared.render(valuesAt(1), new CookieJar()), fixed);
  assert.deepEqual(fixed, {
    origin: 'http://127.0.0.1:8000',
    path: '/v1/cart?n=1%202',
    method: 'POST',
    headers: ['user-agent', 'tailflame', 'accept', '*/*', 'content-type', 'application/json'],
    body: Buffer.from('{"a":1}'),
    size: NaN,
  });
});

test('any placeholder makes a step one that is rendered', () => {
  const changes: Partial<Step>[] = [
    { url: '/${counter}' },
    { query: { n: '${counter}' } },
    { headers: { 'x-n': '${counter}' } },
    { body: { kind: 'text', text: 'no ${counter}' } },
  ];
  for (const change of changes) {
    const prepared = prepare(change);
    assert.equal(prepared.fixed, null);
    assert.equal(prepared.origin, 'http://127.0.0.1:8000');
    const first = JSON.stringify(prepared.render(valuesAt(0), null));
    assert.notEqual(first, JSON.stringify(prepared.render(valuesAt(1), null)));
    assert.equal(first, JSON.stringify(prepared.render(valuesAt(0), null)));
  }
});

test('headers: defaults, the body, the target, the step; the later wins in any case', () => {
  assert.deepEqual(headersOf(prepare().fixed!), { 'user-agent': 'tailflame', accept: '*/*' });
  const named = headersOf(
    render(
      {
        method: 'POST',
        body: { kind: 'text', text: '{}' },
        headers: { ACCEPT: 'text/html', 'X-B': 'step ${counter}', 'Content-Length': '5' },
      },
      { headers: { Accept: 'image/png', 'x-a': '${secrets.token}', 'X-b': 'target' }, compression: true },
    ),
  );
  assert.deepEqual(named, {
    'user-agent': 'tailflame',
    accept: 'text/html',
    'accept-encoding': 'gzip, deflate, br',
    'content-type': 'application/json',
    'x-a': 's3cret',
    'x-b': 'step 1',
  });
});

test('a user in the address becomes basic authorization, unless a header says otherwise', () => {
  const url = 'http://me:p%40ss@127.0.0.1:8000/';
  const basic = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
  assert.equal(headersOf(prepare({}, { url }).fixed!)['authorization'], basic);
  assert.equal(headersOf(render({ url: '/${counter}' }, { url }))['authorization'], basic);
  assert.equal(headersOf(prepare({ url: 'http://a@127.0.0.1/' }).fixed!)['authorization'], 'Basic YTo=');
  const own = { headers: { Authorization: 'Bearer ${secrets.token}' } };
  assert.equal(headersOf(render(own, { url }))['authorization'], 'Bearer s3cret');
  assert.equal(headersOf(render({ ...own, url: '${elsewhere}' }))['authorization'], 'Bearer s3cret');
});

test('cookies of the iteration are sent where they belong, after those of the plan', () => {
  const cookies = new CookieJar();
  cookies.store('http://127.0.0.1:8000/login', ['session=abc; Path=/v1']);
  const prepared = prepare();
  const named = headersOf(prepared.render(valuesAt(0), cookies));
  assert.equal(named['cookie'], 'session=abc');
  assert.equal('cookie' in headersOf(prepared.fixed!), false);
  const own = prepare({ headers: { Cookie: 'a=1' } });
  assert.equal(headersOf(own.render(valuesAt(0), cookies))['cookie'], 'a=1; session=abc');
  const other = prepare({ url: '/other' });
  assert.equal(other.render(valuesAt(0), cookies), other.fixed);
});

test('what cannot be sent is said with the step it is in', () => {
  isNone({ url: 'http://' }, /"http:\/\/" is not an address/);
  isNone({ url: 'ftp://127.0.0.1/' }, /"ftp:.*not an address/);
  isNone({ url: '/x' }, /"nonsense" is not an address/, { url: 'nonsense' });
  isNone({ url: '/${counter}' }, /not an address/, { url: 'nonsense' });
  isNone({ url: '/${counter' }, /close/);
  isNone({ headers: { 'a b': 'x' } }, /"a b" is not a header's name/);
  isNone({ headers: { x: 'a\nb' } }, /header x would hold a line break/);
  isNone({ headers: { x: '東' } }, /header x would hold "東"/);
  isNone({ headers: { 'Transfer-Encoding': 'chunked' } }, /transfer-encoding belongs to the connection/);
  isNone({ body: { kind: 'file', file: '/no/such/file.png' } }, /body: \/no\/such\/file\.png/);
  isNone(
    {
      checks: [
        { on: 'latency', below: 1 },
        { on: 'json', path: 'x', test: 'exists' },
      ],
    },
    /check 2: "x" is not/,
  );
  isNone({ extract: { id: { from: 'json', path: 'x', otherwise: null } } }, /extract id: "x" is not a JSONPath/);
  fails({ headers: { x: '${lines}' } }, /header x would hold a line break/);
  fails({ headers: { x: '${name}' } }, /header x would hold "東"/);
  fails({ headers: { x: '${gone}' } }, /gone/);
  fails({ url: '/${gone}' }, /gone/);
  fails({ query: { x: '${gone}' } }, /gone/);
  fails({ body: { kind: 'json', value: ['${gone}'] } }, /gone/);
});

test('a step knows its checks, its extractions and whether they need the body', () => {
  const bare = prepare({ think: [1, 2] });
  assert.deepEqual(
    [bare.index, bare.name, bare.think, bare.needsBody, bare.checksStatus, bare.checks.length, bare.extractors.length],
    [3, 'cart', [1, 2], false, false, 0, 0],
  );
  const status = prepare({ checks: [{ on: 'status', accept: [404] }] });
  assert.deepEqual([status.needsBody, status.checksStatus], [false, true]);
  assert.equal(prepare({ checks: [{ on: 'body', test: 'nonempty' }] }).needsBody, true);
  const extracting = prepare({ extract: { id: { from: 'regex', pattern: 'x', group: 0, otherwise: null } } });
  assert.equal(extracting.needsBody, true);
  assert.deepEqual(
    extracting.extractors.map(({ name }) => name),
    ['id'],
  );
  assert.equal(prepare({ extract: { l: { from: 'header', name: 'location', otherwise: null } } }).needsBody, false);
});

test('a plain request is sent as it was given, whatever it looks like', () => {
  const plan = plainPlan({
    url: 'http://127.0.0.1:8000/$%7Bx%7D?q=${y}',
    method: 'POST',
    headers: { 'x-a': '${a}' },
    body: '{"b":"${b}"}',
  });
  const { fixed } = prepareStep(plan.scenarios[0]!.steps[0]!, plan.target, 0);
  assert.equal(fixed?.path, '/$%7Bx%7D?q=${y}');
  assert.equal(headersOf(fixed!)['x-a'], '${a}');
  assert.equal(fixed?.body?.toString(), '{"b":"${b}"}');
});

test('a server sees what was rendered', async () => {
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method, url, headers } = request;
    response.end(JSON.stringify({ method, url, headers, body: Buffer.concat(chunks).toString() }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new Client(origin);
  try {
    const ask = async (change: Partial<Step>): Promise<Record<string, unknown>> => {
      const prepared = prepareStep(step(change), plainTarget(origin), 0);
      const { path, method, headers, body } = prepared.render(valuesAt(0), null);
      const answer = await client.request({ path, method: method as 'POST', headers: headers as string[], body });
      return (await answer.body.json()) as Record<string, unknown>;
    };
    const fixed = await ask({ method: 'PUT', url: '/ü', body: { kind: 'form', fields: { a: 'b c' } } });
    assert.deepEqual([fixed['method'], fixed['url'], fixed['body']], ['PUT', '/%C3%BC', 'a=b+c']);
    const rendered = await ask({
      method: 'POST',
      url: '/${odd}',
      headers: { 'x-n': 'no ${counter} Jörg' },
      body: { kind: 'json', value: { n: '${counter}', odd: '${odd}' } },
    });
    assert.equal(rendered['url'], '/a%20b%0D%0AGET%20/evil%20HTTP/1.1%20%C3%BC%23?/%F0%9F%98%80"%41');
    assert.deepEqual(JSON.parse(rendered['body'] as string), { n: 1, odd: 'a b\r\nGET /evil HTTP/1.1 ü#?/😀"%41' });
    const headers = rendered['headers'] as Record<string, string>;
    assert.equal(headers['x-n'], 'no 1 Jörg');
    assert.equal(headers['content-type'], 'application/json');
    assert.equal(headers['content-length'], String(Buffer.byteLength(rendered['body'] as string)));
  } finally {
    await client.close();
    server.close();
  }
});
