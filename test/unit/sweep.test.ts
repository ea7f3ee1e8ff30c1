import assert from 'node:assert/strict';
import test from 'node:test';
import { batchingOf, batchingSentence } from '../../src/find/batcher.ts';
import { kneeOf } from '../../src/find/knee.ts';
import { type ReadAgain, settingsOf, withPath, withSetting } from '../../src/find/plan-setting.ts';
import type { SweepDocument, SweepPoint } from '../../src/find/sweep-document.ts';
import { sweepOrder } from '../../src/find/sweep-order.ts';
import { bestPoint, kneePoint, sweepPoint } from '../../src/find/sweep-point.ts';
import { sweepSentence } from '../../src/find/sweep-sentence.ts';
import { plainPlan } from '../../src/load/plan/plain-plan.ts';
import { PlanError } from '../../src/load/plan/plan-error.ts';
import { readPlan } from '../../src/load/plan/read/plan-file.ts';
import { curvePlot } from '../../src/report/curve-plot.ts';
import { sweepExitCode } from '../../src/report/exit-code.ts';
import { sweepText } from '../../src/report/sweep-text.ts';
import { sweepView } from '../../src/report/sweep-view.ts';
import { simulatedSweep } from '../support/simulated-answers.ts';
import { probeOf } from '../support/sweep-points.ts';

const point = (value: string, got: number, p50: number, ok: boolean | null = null, rows: number | null = null) =>
  sweepPoint(value, [{ probe: probeOf(got, p50, { ok }), valid: true, rowsPerSecond: rows, batching: null }], 2.5);
const USERS = [
  point('1', 100, 10),
  point('2', 195, 10.2),
  point('4', 290, 13.8),
  point('8', 300, 27),
  point('16', 303, 53),
];
/** What is varied, in plans of one request and without objectives. */
const OF_USERS = { varied: 'users', requestsPerIteration: 1, objectives: [] };

test('every round has every point once, in an order of its own, and the same seed gives the same', () => {
  const order = sweepOrder(5, 4, 3);
  const rounds = [0, 1, 2, 3].map((round) => order.slice(round * 5, round * 5 + 5));
  for (const round of rounds) assert.deepEqual(round.toSorted(), [0, 1, 2, 3, 4]);
  assert.ok(new Set(rounds.map((round) => round.join())).size > 1);
  assert.deepEqual(order, sweepOrder(5, 4, 3));
  assert.notDeepEqual(order, sweepOrder(5, 4, 4));
});

test('the first and the last place fall to every point alike', () => {
  const first = new Array<number>(4).fill(0);
  for (let seed = 0; seed < 4000; seed++) first[sweepOrder(4, 1, seed)[0]!]!++;
  for (const count of first) assert.ok(Math.abs(count - 1000) < 120, first.join());
});

test('the knee is where a curve bends, and a straight line has none', () => {
  assert.equal(kneeOf([1, 2, 4, 8, 16], [100, 195, 290, 300, 303], 'rising'), 2);
  assert.equal(kneeOf([10, 20, 30, 40, 50], [5, 5, 6, 8, 60], 'exploding'), 3);
  assert.equal(kneeOf([1, 2, 3, 4], [10, 20, 30, 40], 'rising'), null);
  assert.equal(kneeOf([1, 2], [10, 11], 'rising'), null);
});

test('of users the knee is told with what more of them would bring', () => {
  assert.equal(kneePoint(USERS, 'users'), 2);
  const sentence = sweepSentence({ ...OF_USERS, points: USERS, knee: 2, best: 2 });
  assert.equal(
    sentence,
    'bends at 4 users: 290 requests/s, p99 41.4 ms; 16 users get 4 % more done, with 3.8 times the median latency',
  );
});

test('what more load brings is told of the most there was, in whatever order the values were written', () => {
  const [one, two, four, eight, sixteen] = USERS;
  const points = [sixteen!, one!, two!, four!, eight!];
  const sentence = sweepSentence({ ...OF_USERS, points, knee: 3, best: 3 });
  assert.match(sentence, /; 16 users get 4 % more done/);
});

test('a sweep over load without a bend says how far that is known, or why it is not', () => {
  const find = (varied: string, points: readonly SweepPoint[]): string =>
    sweepSentence({ ...OF_USERS, varied, points, knee: null, best: null });
  const straight = [USERS[1]!, USERS[0]!, point('3', 290, 10.4)];
  assert.equal(find('users', straight), 'does not bend up to 3 users: 290 requests/s, p99 31.2 ms');
  const few = '2 values are too few to tell where it bends; 2 users: 195 requests/s, p99 30.6 ms';
  assert.equal(find('users', straight.slice(0, 2)), few);
  const rates = [point('5', 5, 10), point('10', 10, 10)];
  const piled = [...rates, point('20', 14, 10, false)];
  assert.equal(find('rate', piled), 'requests piled up at 20/s: 14 requests/s, p99 30 ms');
  assert.equal(find('rate', [...rates, point('20', 0, 10, false)]), 'nothing was answered at 20/s');
  assert.equal(find('rate', [point('5', 0, 10, false)]), 'nothing was answered');
  assert.equal(find('batch', [point('8', 3, 10, false)]), 'the server keeps up at none of 1 values of batch');
});

test('of a plan of several requests a rate is said to be one of iterations', () => {
  const ofRate = { ...OF_USERS, varied: 'rate', requestsPerIteration: 2, knee: null, best: 0 };
  const points = [point('5', 10, 10, true), point('10', 20, 90, false)];
  assert.match(sweepSentence({ ...ofRate, objectives: ['p(95)<50'], points }), /^5 iterations\/s gets most done under/);
  const document = simulatedSweep({ ...ofRate, points });
  assert.match(sweepText(document, false), /b {2}10 iterations\/s /);
  assert.equal(sweepView(document, 'two steps').varied, 'iterations a second');
  assert.equal(sweepView({ ...document, requestsPerIteration: 1 }, 'one step').varied, 'requests a second');
});

test('the best setting gets most done of those that hold; of several that do as much, the quickest', () => {
  const batches = [
    point('1', 140, 28, true, 140),
    point('8', 90, 44, true, 720),
    point('16', 45.5, 60, true, 728),
    point('64', 20, 900, false, 1280),
  ];
  assert.equal(bestPoint(batches, true), 1);
  assert.equal(bestPoint(batches.slice(0, 1).concat(batches.slice(3)), true), 0);
  assert.equal(bestPoint([point('64', 20, 900, false)], true), null);
  const found = { ...OF_USERS, varied: 'batch', objectives: ['p(95)<500'], points: batches, knee: null, best: 1 };
  assert.equal(sweepSentence(found), 'batch 8 is best under 500 ms: 720 rows/s, p99 132 ms');
  assert.match(sweepSentence({ ...found, best: null }), /^none of 4 values of batch holds under 500 ms$/);
});

test('a void run says nothing of its value; of several the middle one counts', () => {
  const runs = [90, 100, 400].map((got, index) => ({
    probe: probeOf(got, 10 + index),
    valid: got < 400,
    rowsPerSecond: null,
    batching: { rows: 10 * (index + 1), queue: index },
  }));
  const made = sweepPoint('8', runs, null);
  assert.equal(made.requestsPerSecond, 90);
  assert.deepEqual(made.batching, { rows: 10, queue: 0 });
  assert.equal(made.probes.length, 3);
  assert.equal(sweepPoint('8', runs.slice(2), null).requestsPerSecond, null);
});

test('costs are of what was got, in the price of an hour', () => {
  const { costPer1000 } = point('1', 100, 10);
  assert.ok(Math.abs(costPer1000! - (2.5 / 3600 / 100) * 1000) < 1e-12);
  const tokens = sweepPoint(
    '1',
    [{ probe: probeOf(1, 10, { tokensPerSecond: 50 }), valid: true, rowsPerSecond: null, batching: null }],
    3.6,
  );
  assert.ok(Math.abs(tokens.costPerMillionTokens! - 20) < 1e-9);
});

test('a setting reaches what it names, and one that is nowhere is an error with what there is', () => {
  const plan = plainPlan({ url: 'http://127.0.0.1/', method: 'POST', headers: {}, body: '{"n":1,"deep":{"m":[1,2]}}' });
  assert.equal(withSetting(plan, 'connections', '8')?.connections, 8);
  assert.equal(withSetting(plan, 'timeout', '2s')?.timeout, 2000);
  const body = (name: string, value: string) => {
    const { body: of } = withSetting(plan, name, value)!.scenarios[0]!.steps[0]!;
    return of?.kind === 'text' ? JSON.parse(of.text) : null;
  };
  assert.deepEqual(body('json.n', '32'), { n: 32, deep: { m: [1, 2] } });
  assert.deepEqual(body('json.deep.m.1', 'x'), { n: 1, deep: { m: [1, 'x'] } });
  assert.equal(withSetting(plan, 'steps.0.json.n', '1'), null);
  assert.throws(() => withSetting(plan, 'connections', 'many'), PlanError);
  assert.throws(() => withSetting({ ...plan, scenarios: [] }, 'json.n', '1'), /no step sends a JSON body/);
  assert.throws(
    () => withSetting(plainPlan({ url: 'http://127.0.0.1/', method: 'GET', headers: {}, body: null }), 'batch', '8'),
    /^PlanError: batch: no step sends a body\. Give one with -d, or in the plan\.$/,
  );
  assert.deepEqual(body('json.new.a', '3'), { n: 1, deep: { m: [1, 2] }, new: { a: 3 } });
  assert.throws(() => withSetting(plan, 'json.deep.m.2', '1'), /json\.deep\.m\.2: no JSON body has that place/);
  assert.throws(() => withSetting(plan, 'json.n', '{a'), /^PlanError: json\.n=\{a: it is no value of YAML: [^\n]*$/);
});

test('a variable of the plan’s environment is set where the plan is read, so that its address can have it', async () => {
  const file = 'target: http://${env.HOST}:8000\nenvironment: { HOST: 127.0.0.1 }\nseed: 1\nsteps:\n  - get: /\n';
  const read: ReadAgain = async ({ environment, change }) =>
    readPlan(change === null ? file : change(file), 'x.load.yaml', environment).plan;
  const plan = await read({ environment: {}, change: null });
  const hosts = await settingsOf(plan, 'HOST', ['127.0.0.1', '127.0.0.2'], read);
  assert.deepEqual(
    hosts.map(({ plan: own }) => new URL(own.target.url).hostname),
    ['127.0.0.1', '127.0.0.2'],
  );
  const seeds = await settingsOf(plan, 'seed', ['2', '3'], read);
  assert.deepEqual(
    seeds.map(({ value, plan: own }) => [value, own.seed, own.load?.model]),
    [
      ['2', 2, 'closed'],
      ['3', 3, 'closed'],
    ],
  );
  await assert.rejects(settingsOf(plan, 'users', ['2', 'x'], read), /^PlanError: users x: it must be a number above 0/);
  await assert.rejects(settingsOf(plan, 'HOST', ['a', 'b'], null), /"HOST" cannot be set: of a URL, /);
});

test('a path changes one value of a plan file and keeps the rest', () => {
  const text = 'target: http://127.0.0.1\n# kept\nsteps:\n  - post: /a\n    json: { max_tokens: 1 }\n';
  assert.match(
    withPath(text, 'steps.0.json.max_tokens', '64'),
    /# kept\nsteps:\n {2}- post: \/a\n {4}json: \{ max_tokens: 64 \}/,
  );
  assert.throws(() => withPath(text, 'steps.3.json.max_tokens', '1'), /nowhere in the plan/);
  assert.throws(() => withPath(text, 'stepz', '1'), /has no "stepz"/);
});

test('the curve has the quickest at the bottom and the most to the right', () => {
  const rows = curvePlot(
    [
      { x: 10, y: 1, mark: 'a' },
      { x: 50, y: 10, mark: 'b' },
      { x: 100, y: 100, mark: 'c' },
    ],
    11,
    3,
  );
  assert.deepEqual(rows, ['          c', '     b', ' a']);
});

test('the report has a row a value with its mark on the curve', () => {
  const text = sweepText(
    {
      schema: 'tailflame.sweep/1',
      varied: 'users',
      requestsPerIteration: 1,
      objectives: [],
      points: USERS,
      knee: 2,
      best: 2,
      sentence: 'bends at 4 users',
      saturated: 'One core: the server used 1 of 2 cores.',
      batching: '1 row a batch for 2 ms of wait at 1 user, 3 rows a batch for 4 ms of wait at 16 users',
      pricePerHour: 2.5,
      startedAt: '2026-11-26T00:00:00.000Z',
      took: 1000,
      interrupted: false,
    },
    false,
  );
  assert.match(text, /Bends at 4 users\./);
  assert.match(text, /c {2}4 users .*290 .*14 ms .*best; bends here/);
  assert.match(text, /303 requests\/s/);
  assert.match(text, /Saturated {2}One core/);
});

test('values that were refused are counted, and leave open what the sweep was asked', () => {
  const refused = ['64', '128'].map((value) => sweepPoint(value, [], null, 'POST / answered 413.'));
  const points = [point('1', 100, 10), point('2', 90, 20), ...refused];
  const sentence = sweepSentence({ ...OF_USERS, varied: 'batch', points, knee: null, best: 0 });
  assert.equal(sentence, 'batch 1 is best: 100 requests/s, p99 30 ms; 2 of 4 values were refused');
  const codeOf = (change: Partial<SweepDocument>): number => sweepExitCode(simulatedSweep(change));
  assert.deepEqual(
    [codeOf({}), codeOf({ points }), codeOf({ best: null }), codeOf({ points, interrupted: true })],
    [0, 97, 99, 130],
  );
});

test('a value with which no run could be made stands there with its reason', () => {
  const refused = sweepPoint('64', [], null, 'POST / answered 413.');
  const text = sweepText(
    {
      schema: 'tailflame.sweep/1',
      varied: 'batch',
      requestsPerIteration: 1,
      objectives: [],
      points: [point('1', 100, 10), refused],
      knee: null,
      best: 0,
      sentence: 'batch 1 is best',
      saturated: null,
      batching: null,
      pricePerHour: null,
      startedAt: '2026-11-26T00:00:00.000Z',
      took: 1000,
      interrupted: false,
    },
    false,
  );
  assert.match(text, /batch 64 .*unknown.* POST \/ answered 413\./);
});

test('what larger batches cost in delay is told between the smallest and the largest, where the server tells', () => {
  const told = (value: string, rows: number, queue: number | null) =>
    sweepPoint(value, [{ probe: probeOf(100, 10), valid: true, rowsPerSecond: null, batching: { rows, queue } }], null);
  const points = [told('1', 1, 2.04), told('4', 2.512, 5.5), told('16', 7.86, null), point('32', 100, 10)];
  assert.equal(
    batchingSentence(OF_USERS, points.slice(0, 2)),
    '1 row a batch for 2.04 ms of wait at 1 user, 2.51 rows a batch for 5.5 ms of wait at 4 users',
  );
  assert.match(batchingSentence(OF_USERS, points) ?? '', /, 7\.86 rows a batch for an unknown wait at 16 users$/);
  assert.equal(batchingSentence(OF_USERS, points.slice(2)), null);
  const figure = (name: string, mean: number) => ({ name, unit: '', mean, max: null });
  const server = (...figures: ReturnType<typeof figure>[]) => ({ server: 'Triton', model: null, figures, batches: [] });
  const serverMetrics = [server(figure('queue', 3)), server(figure('queue', 4), figure('rows a batch', 2))];
  assert.deepEqual(batchingOf({ serverMetrics }), { rows: 2, queue: 4 });
  assert.equal(batchingOf({}), null);
});
