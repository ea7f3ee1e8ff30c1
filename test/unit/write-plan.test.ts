import assert from 'node:assert/strict';
import path from 'node:path';
import test from 'node:test';
import type { Load } from '../../src/load/model/load-model.ts';
import { literal, plainPlan, plainTarget } from '../../src/load/plan/plain-plan.ts';
import type { Plan, Step } from '../../src/load/plan/plan.ts';
import { PlanError } from '../../src/load/plan/plan-error.ts';
import { readPlan, withReplay } from '../../src/load/plan/read/plan-file.ts';
import { writePlan } from '../../src/load/plan/write/write-plan.ts';
import { FULL_ENVIRONMENT, FULL_FILE, FULL_PLAN, FULL_TEXT } from '../support/full-plan.ts';

const FILE = 'plans/a.load.yaml';
const folder = path.resolve('plans');
const plain = plainPlan({ url: 'http://127.0.0.1:8000/predict', method: 'GET', headers: {}, body: null });
const step: Step = { ...plain.scenarios[0]!.steps[0]!, name: 'GET /a', url: '/a' };
const withSteps = (...steps: Partial<Step>[]): Plan => ({
  ...plain,
  scenarios: [{ name: 'main', weight: 1, tags: {}, steps: steps.map((changed) => ({ ...step, ...changed })) }],
});

/** Reads what is written, and gives that back. */
const roundTrip = (plan: Plan): string => {
  const text = writePlan(plan, { folder });
  assert.deepEqual(readPlan(text, FILE, {}), { plan, replay: null }, text);
  return text;
};
/** Without comments and empty lines. */
const lines = (text: string): string[] => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

test('a plan with everything there is reads back as itself, and says all of it in short forms', () => {
  const text = roundTrip(FULL_PLAN);
  assert.deepEqual(
    readPlan(text, FULL_FILE, FULL_ENVIRONMENT).plan,
    readPlan(FULL_TEXT, FULL_FILE, FULL_ENVIRONMENT).plan,
  );
  const written = lines(text);
  for (const line of [
    '  http: "2"',
    '    cert: certs/me.pem',
    '    key: ../me.key',
    '  socket: /run/app.sock',
    '  headers: { accept: application/json, x-version: "1.10" }',
    '  SHOP: "007"',
    '  users: users.csv',
    '  items: { file: items.jsonl, order: shuffle, end: stop }',
    '    - post: /login',
    '      json: { user: a, password: "${secrets.token}" }',
    '          place: { header: location }',
    '          number: { regex: id=(\\d+), default: "0" }',
    '          all: { regex: id=(\\d+), group: 0 }',
    '          - status: [ 200, 2xx, 204 ]',
    '          - latency: <500ms',
    '          - latency: <90s',
    '          - json: $.ok',
    '          - header: etag',
    '          - body: nonempty',
    '          - body: { contains: nonempty }',
    '        think: 1s-3s',
    '        think: 500ms',
    '        body: |',
    '          image: { file: cat.jpg }',
    '            - { file: dog, type: image/x-dog, filename: "${counter}.dog" }',
    '    - { rate: 50, for: 10s }',
    '    - { ramp: 200, for: 30s, name: climb }',
    '    - { ramp: 10, from: 100, for: 90s }',
    '  - p(99)<250',
    '  - { objective: p(99)<500, window: 10s, abort: true, after: 5s }',
  ]) {
    assert.ok(written.includes(line), `${line}\nis not in\n${text}`);
  }
  assert.ok(
    !/^ *(?:- )?name: (?!checkout|buy|look|cart)/m.test(text),
    'names that follow from method and path are left out',
  );
  assert.ok(!text.includes('weight: 1\n') && !text.includes('duration:'));
});

test('a plan of nothing but a target is one line, with what could be said as comments', () => {
  assert.equal(
    roundTrip(plain),
    `target: http://127.0.0.1:8000/predict

# Without a load, a gentle rate is derived from one request. It could be:
# load: 60/s
# duration: 30s
# What has to hold, for example:
# objectives:
#   - p(99)<250
#   - failures: rate<1%
`,
  );
});

test('the schema of an editor is named in the first line', () => {
  const text = writePlan({ ...plain, name: 'a' }, { schema: 'https://host/load-plan.schema.json' });
  assert.match(text, /^# yaml-language-server: \$schema=https:\/\/host\/load-plan\.schema\.json\n\nname: a\n/);
  assert.equal(readPlan(text, FILE, {}).plan.name, 'a');
});

test('a command line’s request reads back as itself, with its ${ taken as they are', () => {
  const headers = { 'content-type': 'application/json', 'x-raw': '${not} $${a}' };
  const plan = plainPlan({ url: 'http://127.0.0.1:8000/a?b=${c}', method: 'POST', headers, body: '{"a": "${b}"}\n' });
  assert.equal(plan.target.url, 'http://127.0.0.1:8000/a?b=${c}');
  roundTrip(plan);
  roundTrip({ ...plan, target: { ...plainTarget('https://[::1]:8443/x/'), http: 'auto' } });
});

test('loads read back as themselves, a steady one from its short form', () => {
  const stage = (name: string, from: number, to: number, duration: number) => ({ name, from, to, duration });
  const open = (more: Partial<Load>, ...stages: ReturnType<typeof stage>[]): Load =>
    ({ model: 'open', arrivals: 'poisson', burstiness: 1, stages, ...more }) as Load;
  const cases: [Load | null, number, string[]][] = [
    [null, 45_000, ['duration: 45s']],
    [open({}, stage('steady', 60, 60, 10_000)), 10_000, ['load: 60/s']],
    [open({}, stage('steady', 0.5, 0.5, 1500)), 1500, ['load: 0.5/s', 'duration: 1500ms']],
    [
      open({ arrivals: 'constant' }, stage('steady', 60, 60, 10_000)),
      10_000,
      ['load: { rate: 60, arrivals: constant }'],
    ],
    [
      open({ arrivals: 'gamma', burstiness: 0.25 }, stage('steady', 60, 60, 10_000)),
      10_000,
      ['load: { rate: 60, arrivals: gamma, burstiness: 0.25 }'],
    ],
    [{ model: 'closed', stages: [stage('steady', 1, 1, 10_000)] }, 10_000, ['load: 1 user']],
    [{ model: 'closed', stages: [stage('steady', 8, 8, 60_000)] }, 60_000, ['load: 8 users', 'duration: 1m']],
    [
      open({}, stage('peak', 60, 60, 10_000)),
      10_000,
      ['load:', '  stages:', '    - { rate: 60, for: 10s, name: peak }'],
    ],
    [
      {
        model: 'closed',
        stages: [stage('stage 1', 0, 8, 10_000), stage('steady', 8, 8, 333.5), stage('stage 3', 2, 0, 0)],
      },
      10_333.5,
      [
        'load:',
        '  stages:',
        '    - { rampUsers: 8, for: 10s }',
        '    - { users: 8, for: 333.5ms, name: steady }',
        '    - { rampUsers: 0, from: 2, for: 0s }',
      ],
    ],
  ];
  for (const [load, duration, expected] of cases) {
    const text = roundTrip({ ...plain, load, duration });
    assert.deepEqual(lines(text), ['target: http://127.0.0.1:8000/predict', ...expected]);
  }
});

test('a replay is written as its file, and not without it', () => {
  const text = 'target: http://a\nload: { replay: times.csv, speed: 2 }\nduration: 5s\n';
  const { plan, replay } = readPlan(text, FILE, {});
  const whole = withReplay(plan, replay!, [0, 10]);
  const written = writePlan(whole, { folder, replay });
  assert.deepEqual(lines(written), ['target: http://a', 'load: { replay: times.csv, speed: 2 }', 'duration: 5s']);
  assert.deepEqual(readPlan(written, FILE, {}), { plan, replay });
  assert.throws(() => writePlan(whole), PlanError);
});

test('names of steps are written only where they do not follow, also where one is another’s default', () => {
  const named = (...names: string[]): string[] => {
    const text = roundTrip(withSteps(...names.map((name) => ({ name }))));
    return lines(text).filter((line) => line.includes('name:'));
  };
  assert.deepEqual(named('GET /a', 'GET /a (2)', 'GET /a (3)'), []);
  assert.deepEqual(named('GET /a', 'cart', 'GET /a (2)'), ['  - name: cart']);
  assert.deepEqual(named('GET /a (2)', 'GET /a'), ['  - name: GET /a (2)', '  - name: GET /a']);
  assert.deepEqual(named('GET /a', 'GET /a (3)', 'GET /a (2)'), ['  - name: GET /a (3)', '  - name: GET /a (2)']);
});

test('files are named relative to the folder, or absolutely without one', () => {
  const file = path.resolve('data', 'cat.jpg');
  const plan = withSteps({ method: 'PUT', name: 'PUT /a', body: { kind: 'file', file } });
  assert.ok(lines(roundTrip(plan)).includes('    file: ../data/cat.jpg'));
  assert.ok(lines(writePlan(plan)).includes(`    file: ${file}`));
});

test('any text stays as it is, wherever it stands', () => {
  const nasty = [
    '',
    ' ',
    '\n',
    ' \n',
    'a\n',
    'a\n\n',
    '\na',
    ' a\n b\n',
    'a\r\nb',
    'a\tb',
    '\ta\n',
    '# a',
    'a # b',
    'a: b',
    '- a',
    '? a',
    '<<',
    '*a',
    '&a',
    '!a',
    '%a',
    '@a',
    '`a`',
    '{a}',
    '[a]',
    'a, b',
    '"',
    "'",
    '\\n',
    '\\',
    '---',
    '...',
    '~',
    'null',
    'true',
    'no',
    '1',
    '1.10',
    '0x1F',
    '1e3',
    '.inf',
    '2026-01-01',
    ':\n😀',
    '?\n%',
    '\u0085',
    '\u2028',
    '\ufeff',
    '\u0000',
    '\u001b[0m',
    'é',
    '😀',
    'a'.repeat(300),
    `${'long words '.repeat(30)}end`,
    '${',
    '$${',
    '${a',
    'nonempty',
  ];
  for (const text of nasty) {
    const template = literal(text);
    const value = { [template]: [template, { a: template }], b: template };
    const plan = withSteps(
      { method: 'POST', name: 'POST /a', body: { kind: 'json', value } },
      { method: 'PUT', name: 'PUT /a', body: { kind: 'text', text: template } },
      {
        name: `name ${text}`,
        query: { [`q${text}`]: template },
        checks: [{ on: 'body', test: 'contains', value: template }],
      },
      { name: 'form', body: { kind: 'form', fields: { [`f${text}`]: template } }, tags: { [text]: text } },
    );
    roundTrip({ ...plan, name: text, environment: { A: text } });
  }
});

test('numbers of a JSON body stay as they are', () => {
  const value = [
    0,
    1.5,
    1e21,
    1e17,
    2 ** 53,
    1e-9,
    -3,
    Number.MAX_SAFE_INTEGER,
    123456789.123,
    true,
    null,
    {},
    [],
    [[]],
  ];
  roundTrip(withSteps({ method: 'POST', name: 'POST /a', body: { kind: 'json', value } }));
});
