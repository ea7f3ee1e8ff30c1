import assert from 'node:assert/strict';
import test from 'node:test';
import { type Completion, planCompletions } from '../../src/load/plan/assist/plan-completion.ts';
import { type PlanHover, planHover } from '../../src/load/plan/assist/plan-hover.ts';

/** The text without its `|`, which is the cursor. */
function at<T>(marked: string, look: (text: string, offset: number) => T): T {
  const offset = marked.indexOf('|');
  assert.ok(offset >= 0);
  return look(marked.slice(0, offset) + marked.slice(offset + 1), offset);
}
const completions = (marked: string): Completion[] => at(marked, planCompletions);
const labels = (marked: string): string[] => completions(marked).map(({ label }) => label);
const hover = (marked: string): PlanHover | null => at(marked, planHover);

/** The text as it is once the completion with this label is taken. */
function taken(marked: string, label: string): string {
  const text = marked.replace('|', '');
  const { from, to, insert } = completions(marked).find((one) => one.label === label)!;
  const indentation = /[^\n]*$/.exec(text.slice(0, from))![0].match(/^ */)![0];
  return text.slice(0, from) + insert.replaceAll('\n', `\n${indentation}`) + text.slice(to);
}

function has(marked: string, wanted: readonly string[], unwanted: readonly string[] = []): void {
  const found = labels(marked);
  for (const label of wanted) assert.ok(found.includes(label), `${JSON.stringify(marked)} has no ${label}: ${found}`);
  for (const label of unwanted) assert.ok(!found.includes(label), `${JSON.stringify(marked)} has ${label}`);
}

test('an empty file begins with what a plan needs', () => {
  const [first, ...others] = completions('|');
  assert.equal(first?.label, 'target');
  assert.equal(first?.required, true);
  assert.match(first?.description ?? '', /Where requests go/);
  assert.ok(others.length > 10 && others.every(({ required }) => !required));
});

test('keys that are there already are left out, before and after the cursor', () => {
  has('target: http://h\n|\nsteps:\n  - get: /a\n', ['load', 'objectives'], ['target', 'steps']);
  has('target: http://h\nlo|', ['load'], ['target']);
});

test('keys of nested maps and lists', () => {
  has('target:\n  url: http://h\n  |', ['http', 'tls', 'headers'], ['url', 'steps']);
  has('target:\n  url: http://h\n  tls:\n    |', ['ca', 'verify'], ['http']);
  has('target:\n  |', ['url', 'http'], ['steps']);
  has('steps:\n  - |', ['get', 'post', 'name', 'json'], ['target']);
  has('steps:\n  - get: /a\n    |', ['name', 'headers', 'check'], ['get', 'post']);
  has('steps:\n  - get: /a\n    check:\n      - |', ['status', 'latency']);
  has('steps:\n  - get: /a\n    extract:\n      id:\n        |', ['json', 'header', 'regex']);
  has('scenarios:\n  - name: a\n    steps:\n      - get: /\n  - na|', ['name', 'weight', 'steps'], ['get']);
  has('data:\n  users:\n    |', ['file', 'order', 'end']);
  has('setup:\n  steps:\n    - get: /a\n      he|\nsteps:\n  - get: /b\n', ['headers'], ['get']);
});

test('keys within { } and [ ]', () => {
  has('load: { stages: [{ rate: 20, | }] }', ['for', 'name'], ['rate', 'users']);
  has('load: {|', ['rate', 'users', 'stages']);
  has('target: { url: http://h, ht|', ['http'], ['url']);
  has('steps: [{ get: /a, | }, { get: /b }]\nname: x\n', ['headers'], ['get']);
  has('data: { users: { file: a.csv, order: | } }', ['shuffle', 'random']);
});

test('what is needed comes first, and of keys that go with one another only those that still can', () => {
  const first = completions('steps:\n  - |').filter(({ required }) => required);
  assert.deepEqual(
    first.map(({ label }) => label),
    ['get', 'post', 'put', 'patch', 'delete', 'head', 'options', 'grpc'],
  );
  assert.equal(completions('data:\n  users:\n    |')[0]!.label, 'file');
  has('load:\n  rate: 3\n  |', ['arrivals'], ['users', 'stages', 'rate']);
});

test('values that are one of a few', () => {
  assert.deepEqual(labels('data:\n  users:\n    order: |'), ['sequence', 'shuffle', 'random']);
  assert.deepEqual(labels('data:\n  users:\n    order: sh|\n    file: x\n'), ['sequence', 'shuffle', 'random']);
  assert.deepEqual(labels('target:\n  http: |'), ['1.1', '2', 'auto']);
  assert.deepEqual(labels('target:\n  keepAlive: |'), ['true', 'false']);
  has('load:\n  rate: 3\n  arrivals: p|', ['constant', 'poisson', 'gamma']);
  has('load: |', ['60/s', '8 users']);
  has('seed: |', ['1']);
  has('objectives:\n  - |', ['p(99)<250', 'objective']);
});

test('what is taken makes a file that goes on', () => {
  assert.equal(taken('target: h\nste|', 'steps'), 'target: h\nsteps:\n  - ');
  assert.equal(taken('|', 'target'), 'target: ');
  assert.equal(taken('steps:\n  - get: /\n    he|', 'headers'), 'steps:\n  - get: /\n    headers:\n      ');
  assert.equal(taken('steps:\n  - he|', 'headers'), 'steps:\n  - headers:\n      ');
  assert.equal(taken('steps:\n  |', 'get'), 'steps:\n  - get: ');
  assert.equal(taken('target:\n  http: |', '2'), 'target:\n  http: "2"');
  assert.equal(taken('target:\n  http: a| # why', 'auto'), 'target:\n  http: auto # why');
  assert.equal(taken('tar|: http://h', 'target'), 'target: http://h');
  assert.equal(taken('load: { ra| }', 'rate'), 'load: { rate:  }');
  assert.equal(taken('data: { u: { order: s|, file: x } }', 'shuffle'), 'data: { u: { order: shuffle, file: x } }');
});

test('what is half typed or broken elsewhere does not hinder', () => {
  const broken = [
    'target: http://h\nsteps:\n  - get: /a\n    he|\n   bad indent\n',
    'target: "http://h\nsteps:\n  - get: /a\n    he|\n',
    'steps:\n  - get: /a\n    he|\n  - post\n',
    'name\nsteps:\n  - get: /a\n    he|\n',
    'steps:\n  - get: /a\n    he|\nload: { rate: 3\n',
    'steps:\n  - get: /a\n    json: {"a": [1, }\n    he|\n',
    '\ttabs: x\nsteps:\n  - get: /a\n    he|\n',
    'steps:\r\n  - get: /a\r\n    he|\r\n',
  ];
  for (const marked of broken) has(marked, ['headers'], ['get', 'target']);
  has('steps:\n  - get: /a\n    |\n  - post: /b\n', ['headers'], ['get']);
  has('steps:\n  - get: /a\n  |\n', ['get', 'post']);
});

test('nothing is offered in comments, in texts of many lines, in JSON of ones own, or below what is no map', () => {
  for (const marked of [
    '# tar|',
    'target: http://h # |',
    'steps:\n  - post: /\n    body: >\n      he|\n',
    'steps:\n  - post: /\n    body: "he|"\n',
    'steps:\n  - post: /\n    json:\n      a|\n',
    'environment:\n  |',
    'name: x\n  |',
    'unknown:\n  |',
  ]) {
    assert.deepEqual(labels(marked), [], marked);
  }
});

test('at every place of a plan, and of every beginning of it, there is an answer and no error', () => {
  const plan = `# One
target: { url: "http://h", tls: { ca: x } }
environment: &e { A: b }
data:
  users: { file: u.csv, order: shuffle }
load:
  stages:
    - { rate: 20, for: 6s }
    - ramp: 3
      for: 4s
steps:
  - name: 'a'
    post: /a/\${users.x}
    json: { "q": [1, "\${env.A}"], r: |
       x
    }
    check:
      - status: [200, 2xx]
    tags: *e
objectives:
  - rate<0.01
  - objective: latency{step:a}: p(95)<300
`;
  for (let offset = 0; offset <= plan.length; offset++) {
    planCompletions(plan, offset);
    planHover(plan, offset);
    planCompletions(plan.slice(0, offset), offset);
  }
});

test('hover says what a key is for, what it may be and what it is by default', () => {
  const order = hover('data:\n  users:\n    or|der: shuffle\n');
  assert.deepEqual(order, {
    key: 'order',
    description: "Rows in the file's order, in an order drawn anew for each pass, or any row at any time.",
    values: ['sequence', 'shuffle', 'random'],
    byDefault: 'sequence',
    example: null,
    required: false,
    from: 19,
    to: 24,
  });
  assert.equal(hover('data:\n  users:\n    order: shuf|fle\n')?.key, 'order');
  assert.equal(hover('tar|get: http://h')?.required, true);
  assert.equal(hover('du|ration: 3s')?.byDefault, '10s');
  assert.match(hover('steps:\n  - ge|t: /a\n')?.description ?? '', /Sends GET/);
  assert.equal(hover('load: { ra|te: 3 }')?.key, 'rate');
  assert.match(hover('lo|ad: 60/s')?.example ?? '', /60\/s/);
});

test('hover is silent where there is nothing to say', () => {
  assert.equal(hover('steps:\n  - json: { na|me: 3 }'), null);
  assert.equal(hover('nonsen|se: 3'), null);
  assert.equal(hover('# targ|et: x'), null);
  assert.equal(hover('|'), null);
  assert.equal(hover('name: x\n|\n'), null);
});

test('a key after which something is broken still says what it is for', () => {
  assert.equal(hover('tar|get: "http\nsteps:\n - get: [')?.key, 'target');
});

test('what streams is completed and explained', () => {
  const step = 'steps:\n  - post: /v1/chat/completions\n';
  has(`${step}    st|`, ['stream']);
  has(`${step}    stream: |`, ['auto', 'off', 'openai-chat', 'ollama-chat', 'tgi']);
  has(`${step}    stream:\n      |`, ['api', 'cancel', 'tokenizer']);
  has(`${step}    stream: { api: | }`, ['auto', 'openai-responses'], ['off']);
  has(`${step}    stream: { cancel: { | } }`, ['after', 'share']);
  assert.match(hover(`${step}    str|eam: off`)?.description ?? '', /How the answer streams/);
  assert.match(hover(`${step}    stream: { tok|enizer: a.json }`)?.description ?? '', /counts tokens where the server/);
});
