import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Load } from '../../src/load/model/load-model.ts';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { chiSquare } from '../support/chi-square.ts';
import { runPlan } from '../support/finished-run.ts';
import { planOf, scenarioOf, stepTo, withTarget } from '../support/plans.ts';
import { iterationOf, MARK, pathOf, recordedRun } from '../support/recorded-run.ts';
import { startRecordingServer } from '../support/recording-server.ts';

// Which requests are sent one after the other, and over which connections.

let cwd = '';
before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-flow-'));
});
after(() => rm(cwd, { recursive: true, force: true }));

const even = (rate: number, seconds: number): Load => steadyRate(rate, seconds * 1000, 'constant');

// None is in another's way, so they need not run one after the other.
describe('the flow of requests', { concurrency: 2 }, () => {
  test('as many connections are opened as are needed at once, and kept', async () => {
    const { arrived, measured, document } = await recordedRun(cwd, steadyRate(200, 2000), [stepTo('/?wait=15')]);
    const moments = [...measured.acquired.keys()].flatMap((row): [number, number][] => [
      [measured.acquired[row]!, 1],
      [measured.end[row]!, -1],
    ]);
    let [busy, most] = [0, 0];
    for (const [, change] of moments.sort((a, b) => a[0] - b[0] || a[1] - b[1])) {
      busy += change;
      most = Math.max(most, busy);
    }
    assert.ok(most >= 4, `${most} at once`);
    assert.equal(new Set(arrived.map(({ socket }) => socket)).size, most);
    assert.equal(document.health.connections, most);
  });

  test('without keep-alive every request has a connection of its own', async () => {
    const steps = [stepTo('/one'), stepTo('/two')];
    const server = await startRecordingServer();
    try {
      const plan = planOf(server.url, even(50, 1), { scenarios: [scenarioOf(...steps)] });
      const { requests } = await runPlan(withTarget(plan, { keepAlive: false }), cwd);
      const record = await server.record();
      assert.equal(requests.length, 100);
      assert.equal(new Set(record.map(({ socket }) => socket)).size, record.length);
      assert.ok(record.every(({ headers }) => headers['connection'] === 'close'));
    } finally {
      await server.stop();
    }
  });

  test('scenarios are drawn by their weights', async () => {
    const weights = [5, 3, 2];
    const scenarios = weights.map((weight, i) => ({ ...scenarioOf(stepTo(`/${i}`)), name: `no ${i}`, weight }));
    const { arrived, document } = await recordedRun(cwd, even(500, 2), [], { scenarios });
    const counts = weights.map((_, i) => arrived.filter(({ url }) => url === `/${i}`).length);
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      1000,
    );
    // 2 degrees of freedom: passed by one in a thousand.
    assert.ok(chiSquare(counts, weights) < 13.8, `${counts}`);
    assert.ok(chiSquare(counts, [1, 1, 1]) > 13.8, `${counts}`);
    assert.deepEqual(
      document.scenarios!.map(({ iterations }) => iterations.completed),
      counts,
    );
  });

  test('think time passes before a step', async () => {
    const steps = [stepTo('/a', { headers: MARK }), stepTo('/b', { headers: MARK, think: [40, 80] })];
    const { arrived } = await recordedRun(cwd, even(100, 1), steps);
    const times = new Map(arrived.map((request) => [`${request.url} ${iterationOf(request)}`, request.at]));
    const pauses = Array.from({ length: 100 }, (_, i) => times.get(`/b ${i}`)! - times.get(`/a ${i}`)!).sort(
      (a, b) => a - b,
    );
    // A timer of Node may be a ms early.
    assert.ok(pauses[0]! > 39 && pauses[0]! < 50, `the shortest: ${pauses[0]}`);
    assert.ok(pauses[50]! > 52 && pauses[50]! < 80, `the median: ${pauses[50]}`);
    assert.ok(pauses[90]! > 70, `the longest: ${pauses[90]}`);
  });

  test('a step that fails ends its iteration, and what it prevented is counted apart', async () => {
    const steps = ['/first', '/every-fourth-fails?n=${counter}', '/last'].map((url) => stepTo(url, { headers: MARK }));
    const { arrived, document } = await recordedRun(cwd, even(100, 1), steps);
    assert.deepEqual(
      ['/first', '/every-fourth-fails', '/last'].map((url) => arrived.filter((each) => pathOf(each) === url).length),
      [100, 100, 75],
    );
    assert.ok(!arrived.some((request) => request.url === '/last' && (iterationOf(request) + 1) % 4 === 0));
    const figures = document.steps!.map(({ load, prevented }) => [load.completed, load.failed, prevented]);
    assert.deepEqual(figures, [
      [100, 0, 0],
      [75, 25, 0],
      [75, 0, 25],
    ]);
    assert.deepEqual(
      document.errors.map(({ kind, count }) => [kind, count]),
      [['status', 25]],
    );
    assert.match(document.errors[0]!.example, /^503/);
    const { started, completed, failed, unfinished } = document.scenarios![0]!.iterations;
    assert.deepEqual([started, completed, failed, unfinished], [100, 75, 25, 0]);
  });
});

test("the set-up runs once, its token is everybody's, and it is made new before it expires", async () => {
  const login = stepTo('/login', {
    method: 'POST',
    extract: {
      token: { from: 'json', path: '$.access_token', otherwise: null },
      expires: { from: 'json', path: '$.expires_in', otherwise: null },
    },
  });
  const account = stepTo('/account', { headers: { authorization: 'Bearer ${token}' } });
  const setup = { steps: [login], refresh: '${expires}s' };
  // With nothing known of this machine there is a calibration between the set-up and the load, which takes about as long as a token lasts.
  const cache = process.env['XDG_CACHE_HOME'];
  process.env['XDG_CACHE_HOME'] = path.join(cwd, 'cache');
  const { arrived, record, document, began } = await recordedRun(cwd, even(50, 6), [account], {
    setup,
    generators: 2,
  }).finally(() => {
    if (cache === undefined) delete process.env['XDG_CACHE_HOME'];
    else process.env['XDG_CACHE_HOME'] = cache;
  });
  const accounts = arrived.filter(({ url }) => url === '/account');
  assert.equal(accounts.length, 300);
  assert.equal(accounts.filter(({ status }) => status !== 200).length, 0, 'no request had an expired token');
  assert.equal(document.load.completed, 300);
  const logins = record.filter(({ url }) => url === '/login');
  assert.ok(logins[0]!.at < began);
  const apart = logins.slice(1).map(({ at }, i) => at - logins[i]!.at);
  assert.ok(
    apart.every((ms) => ms > 1700 && ms < 2000),
    `logins apart: ${apart.map(Math.round)} ms`,
  );
  assert.ok(logins.length >= 4, `${logins.length} logins`);
  const sent = new Set(accounts.map(({ headers }) => headers['authorization']));
  assert.ok(sent.size >= 3 && sent.size <= logins.length, `${sent.size} tokens`);
});
