import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { steadyUsers } from '../../src/load/model/closed-load.ts';
import type { Load } from '../../src/load/model/load-model.ts';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { checkPlan } from '../../src/load/plan/check-plan.ts';
import { parseDuration } from '../../src/load/plan/duration.ts';
import { plainPlan } from '../../src/load/plan/plain-plan.ts';
import { PLAN_DEFAULTS, type Plan } from '../../src/load/plan/plan.ts';
import { PlanFileError } from '../../src/load/plan/read/plan-fault.ts';
import { type ReadPlan, readPlan, withReplay } from '../../src/load/plan/read/plan-file.ts';
import { FULL_ENVIRONMENT, FULL_FILE, FULL_PLAN, FULL_TEXT } from '../support/full-plan.ts';

const URL_LINE = 'target: http://127.0.0.1:8000/predict\n';
const read = (text: string, environment: NodeJS.ProcessEnv = {}): ReadPlan =>
  readPlan(text, 'a.load.yaml', environment);
const planOf = (more: string): Plan => read(`${URL_LINE}${more}\n`).plan;
const plain = plainPlan({ url: 'http://127.0.0.1:8000/predict', method: 'GET', headers: {}, body: null });

test('a plan file with every key there is means just this plan', () => {
  assert.deepEqual(readPlan(FULL_TEXT, FULL_FILE, FULL_ENVIRONMENT), { plan: FULL_PLAN, replay: null });
  assert.equal(checkPlan(FULL_PLAN), FULL_PLAN);
});

test('a target alone is what the command line makes of its URL, with every default', () => {
  assert.deepEqual(read(URL_LINE), { plan: plain, replay: null });
  assert.deepEqual(read('target: { url: "http://127.0.0.1:8000/predict" }'), { plan: plain, replay: null });
  const { scenarios } = read('target: http://127.0.0.1:8000/a?b=$${c}').plan;
  assert.equal(scenarios[0]!.steps[0]!.url, 'http://127.0.0.1:8000/a?b=$${c}');
});

test('the example is a plan', () => {
  const file = 'examples/checkout/checkout.load.yaml';
  const { plan } = readPlan(readFileSync(file, 'utf8'), file, {});
  assert.deepEqual(
    plan.scenarios.map(({ name, steps }) => [name, ...steps.map((step) => step.name)]),
    [['main', 'cart', 'reserve', 'pay', 'order']],
  );
  assert.deepEqual(plan.data['items'], {
    file: path.resolve('examples/checkout/items.csv'),
    order: 'sequence',
    end: 'repeat',
  });
});

test('a load has long and short forms', () => {
  const stages = (...all: [string, number, number, number][]) =>
    all.map(([name, from, to, duration]) => ({ name, from, to, duration }));
  const cases: [string, Load | null, number][] = [
    ['', null, 10_000],
    ['duration: 1m', null, 60_000],
    ['load: 60/s', steadyRate(60, 10_000), 10_000],
    ['load: 60', steadyRate(60, 10_000), 10_000],
    ['load: 2.5 /s\nduration: 30s', steadyRate(2.5, 30_000), 30_000],
    ['load: 60/s for 1m30s', steadyRate(60, 90_000), 90_000],
    ['load: 8 users', steadyUsers(8, 10_000), 10_000],
    ['load: 1 user for 2m', steadyUsers(1, 120_000), 120_000],
    ['load: { rate: 60 }\nduration: 2', steadyRate(60, 2000), 2000],
    ['load: { rate: 60, arrivals: constant }', steadyRate(60, 10_000, 'constant'), 10_000],
    ['load: { rate: 60, arrivals: gamma }', steadyRate(60, 10_000, 'gamma'), 10_000],
    ['load: { rate: 60, arrivals: gamma, burstiness: 2 }', steadyRate(60, 10_000, 'gamma', 2), 10_000],
    ['load: { users: 3 }', steadyUsers(3, 10_000), 10_000],
    [
      'load: { stages: [{ users: 4, for: 10s }, { rampUsers: 50, for: 30s }, { users: 2, for: 1 }] }',
      {
        model: 'closed',
        stages: stages(['stage 1', 4, 4, 10_000], ['stage 2', 4, 50, 30_000], ['stage 3', 2, 2, 1000]),
      },
      41_000,
    ],
    [
      'load: { arrivals: constant, stages: [{ ramp: 10, for: 5s, name: up }, { ramp: 0, for: 5s }] }',
      {
        model: 'open',
        arrivals: 'constant',
        burstiness: 1,
        stages: stages(['up', 0, 10, 5000], ['stage 2', 10, 0, 5000]),
      },
      10_000,
    ],
  ];
  for (const [text, load, duration] of cases) assert.deepEqual(planOf(text), { ...plain, load, duration }, text);
});

test('a stream is known by the address that its step has with the target', () => {
  const step = 'steps:\n  - post: chat\n    json: { model: m }\n    stream: { cancel: { after: 20 } }\n';
  const { scenarios } = read(`target: http://127.0.0.1:11434/api/\n${step}`).plan;
  assert.deepEqual(scenarios[0]!.steps[0]!.stream, {
    api: 'ollama-chat',
    cancel: { after: 20, share: 1 },
    tokenizer: null,
  });
  assert.throws(() => read(`target: http://127.0.0.1:11434/\n${step}`), /asks for no stream that is known/);
});

test('a replay is left to the caller, who gives it its times', () => {
  const { plan, replay } = read(`${URL_LINE}load: { replay: data/times.csv, speed: 2 }`);
  assert.deepEqual(replay, { file: path.resolve('data/times.csv'), speed: 2, duration: null });
  assert.equal(plan.load, null);
  assert.equal(plan.warmup, 0);
  const times = [0, 20, 1500];
  assert.deepEqual(withReplay(plan, replay!, times), {
    ...plain,
    warmup: 0,
    load: { model: 'replay', times },
    duration: 1501,
  });
  assert.equal(withReplay(plan, replay!, [0]).duration, 100);
  assert.throws(() => withReplay(plan, replay!, [0, 86_400_000]), /times\.csv: .* more than 24h/);
  const cut = read(`${URL_LINE}load: { replay: t.csv }\nduration: 1s\nwarmup: 5s`);
  assert.deepEqual(cut.replay, { file: path.resolve('t.csv'), speed: 1, duration: 1000 });
  const { load, duration } = withReplay(cut.plan, cut.replay!, [0, 20, 1000, 1500]);
  // What comes at the end of the load or later is never sent, and counts in no rate.
  assert.deepEqual([load, duration], [{ model: 'replay', times: [0, 20] }, 1000]);
  assert.equal(cut.plan.warmup, 5000);
});

test('steps without a name are called by their method and path, and differ', () => {
  const names = (more: string): string[] =>
    planOf(more).scenarios.flatMap(({ steps }) => steps.map(({ name }) => name));
  assert.deepEqual(
    names(
      'steps: [{ get: /a }, { get: "/a?b=c" }, { get: "/a#b" }, { post: /a, name: GET /a (3) }, { get: /a }, { get: b }]',
    ),
    ['GET /a', 'GET /a (2)', 'GET /a (4)', 'GET /a (3)', 'GET /a (5)', 'GET b'],
  );
  assert.deepEqual(
    names(
      'steps: [{ get: "http://127.0.0.1:8000" }, { get: "https://ann:pw@host/x?key=1" }, { get: "/${user}/$${x}" }]',
    ),
    ['GET /', 'GET host/x', 'GET /${user}/${x}'],
  );
  const { setup } = planOf('setup: { steps: [{ get: /a }] }\nsteps: [{ get: /a }]');
  assert.equal(setup?.steps[0]?.name, 'GET /a (2)');
  assert.deepEqual(
    planOf('scenarios: [{ steps: [{ get: /a }] }, { steps: [{ get: /b }], weight: 0 }]').scenarios.map(
      ({ name, weight }) => [name, weight],
    ),
    [
      ['scenario 1', 1],
      ['scenario 2', 0],
    ],
  );
});

test('values of the environment win over those of the plan, also in the address of the target', () => {
  const text = 'target: http://${env.HOST}:8000/x\nenvironment: { HOST: localhost }\n';
  assert.equal(read(text).plan.target.url, 'http://localhost:8000/x');
  const { plan } = read(`${text}steps: [{ get: "/\${env.PATH_PART}" }]`, { HOST: 'box', PATH_PART: 'p', OTHER: 'o' });
  assert.equal(plan.target.url, 'http://box:8000/x');
  assert.deepEqual(plan.environment, { HOST: 'box', PATH_PART: 'p' });
});

test('what names can stand for is known where they stand', () => {
  const text = `data: { users: u.csv }
secrets: { key: KEY }
setup: { refresh: "\${ttl}s", steps: [{ post: "/login/\${users.name}", extract: { token: $.t, ttl: $.ttl } }] }
steps:
  - get: /\${counter}/\${iteration}/\${user}/\${now}/\${random.int(1,2)}/\${random.uuid}/\${random.pick(a, b)}/\${ token }
    extract: { id: $.id }
  - post: /\${id}
    json: { a: [{ b: "\${id}\${users.x}\${secrets.key}" }], c: "$\${nothing}" }
    check: [{ json: $.x, equals: { y: "\${id}" } }, { body: "\${id}" }, { header: x, matches: "\${id}" }]
`;
  assert.equal(planOf(text).scenarios[0]!.steps.length, 2);
  const common = 'target: { url: "http://a", headers: { authorization: "Bearer ${token}" } }\n';
  const login = 'setup: { steps: [{ post: /login, headers: { Authorization: none }, extract: { token: $.t } }] }\n';
  assert.equal(read(`${common}${login}steps: [{ get: /x }]`).plan.target.headers['authorization'], 'Bearer ${token}');
});

test('anchors, aliases and merge keys are resolved; a quoted << is a key like any other', () => {
  const { scenarios } = planOf(`steps:
  - &first
    get: /a
    headers: &headers { accept: x }
  - <<: *first
    name: second
    headers: { <<: [*headers, { b: c }], accept: y }
    json: { "<<": 1, a: &list [1], b: *list }
`);
  assert.deepEqual(scenarios[0]!.steps[0]!.headers, { accept: 'x' });
  const second = scenarios[0]!.steps[1]!;
  assert.deepEqual(second.headers, { accept: 'y', b: 'c' });
  assert.deepEqual(second.body, { kind: 'json', value: { '<<': 1, a: [1], b: [1] } });
  assert.equal(second.url, '/a');
});

test('times are read with their units, and without one are seconds', () => {
  const cases: [string, number | null][] = [
    ['500ms', 500],
    ['10s', 10_000],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['1m30s', 90_000],
    [' 1 m 30 s ', 90_000],
    ['0.07', 70],
    ['1.5', 1500],
    ['0', 0],
    ['33.3333333333333ms', 33.3333333333333],
  ];
  for (const [text, ms] of cases) assert.equal(parseDuration(text), ms, text);
  for (const text of ['', 'soon', '-1s', '1e3', '10 sec', '1s 5', 's', '.5s', '1d'])
    assert.equal(parseDuration(text), null, text);
  assert.equal(planOf('timeout: 1.5').timeout, 1500);
  assert.equal(planOf('warmup: 0').warmup, 0);
});

test('faults come in the order of the file, the first ten of them', () => {
  const error = faultsOf(`${URL_LINE}rat: 1\nduration: x\n`);
  assert.equal(
    error.message,
    `a.load.yaml:2:1: ${error.faults[0]!.message}\na.load.yaml:3:11: ${error.faults[1]!.message}`,
  );
  const many = faultsOf(`${URL_LINE}${Array.from({ length: 13 }, (_, at) => `unknown_key_${at}: 1\n`).join('')}`);
  assert.deepEqual(
    many.faults.map(({ line }) => line),
    [2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
  );
  assert.match(many.message, /\nThere are 3 more\.$/);
});

function faultsOf(text: string): PlanFileError {
  try {
    read(text);
  } catch (error) {
    if (error instanceof PlanFileError) return error;
    throw error;
  }
  throw new Error('It has no fault.');
}

test('defaults of a file are those of a plan', () => {
  const { duration, warmup, timeout, maxInFlight, generators, seed } = planOf('');
  const { openConnections: _, streams: __, ...rest } = PLAN_DEFAULTS;
  assert.deepEqual({ duration, warmup, timeout, maxInFlight, generators, seed }, rest);
});
