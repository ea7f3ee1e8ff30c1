import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { steadyUsers } from '../../src/load/model/closed-load.ts';
import type { Load } from '../../src/load/model/load-model.ts';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { chiSquare } from '../support/chi-square.ts';
import { stepTo } from '../support/plans.ts';
import {
  byIteration,
  iterationOf,
  MARK,
  pathOf,
  queryOf,
  type RecordedRun,
  recordedRun,
} from '../support/recorded-run.ts';

// What is in the requests that reach a server.

let cwd = '';
before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-requests-'));
});
after(() => rm(cwd, { recursive: true, force: true }));

const even = (rate: number, seconds: number): Load => steadyRate(rate, seconds * 1000, 'constant');

// They measure nothing, so they need not run one after the other.
describe('what is sent', { concurrency: 3 }, () => {
  test('templates: each iteration has its own values, the same in any run of that seed', async () => {
    const step = stepTo('/items/${counter}', {
      method: 'POST',
      query: { roll: '${random.int(1,6)}', word: 'a b&${iteration}' },
      headers: {
        ...MARK,
        'x-pick': '${random.pick(red,green)}',
        'x-id': '${random.uuid}',
        'x-region': '${env.REGION}',
      },
      body: {
        kind: 'json',
        value: {
          n: '${counter}',
          text: 'no ${counter}',
          share: '${random.float(0,1)}',
          literal: '$${counter}',
          list: ['${iteration}', true, null, 1.5],
        },
      },
    });
    const environment = { REGION: 'eu' };
    const [first, again, two, other] = await Promise.all([
      recordedRun(cwd, even(200, 1), [step], { environment }),
      recordedRun(cwd, even(200, 1), [step], { environment }),
      recordedRun(cwd, even(200, 1), [step], { environment, generators: 2 }),
      recordedRun(cwd, even(200, 1), [step], { environment, seed: 2 }),
    ]);
    const requests = byIteration(first.arrived);
    assert.equal(requests.length, 200);
    const rolls = new Set<number>();
    requests.forEach((request, iteration) => {
      const { headers, method } = request;
      const query = queryOf(request);
      assert.equal(method, 'POST');
      assert.equal(pathOf(request), `/items/${iteration + 1}`);
      assert.equal(query.get('word'), `a b&${iteration}`);
      assert.match(query.get('roll')!, /^[1-6]$/);
      rolls.add(Number(query.get('roll')));
      assert.match(headers['x-pick']!, /^(red|green)$/);
      assert.match(headers['x-id']!, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      assert.equal(headers['x-region'], 'eu');
      assert.equal(headers['content-type'], 'application/json');
      const { share, ...body } = JSON.parse(request.body) as Record<string, unknown>;
      assert.ok(typeof share === 'number' && share >= 0 && share < 1);
      const text = `no ${iteration + 1}`;
      assert.deepEqual(body, { n: iteration + 1, text, literal: '${counter}', list: [iteration, true, null, 1.5] });
    });
    assert.equal(rolls.size, 6);
    assert.equal(new Set(requests.map(({ headers }) => headers['x-id'])).size, 200, 'identifiers are unique');
    const content = ({ arrived }: RecordedRun): string[] =>
      byIteration(arrived).map(({ url, headers, body }) => [url, headers['x-id'], headers['x-pick'], body].join(' '));
    assert.deepEqual(content(again), content(first));
    assert.deepEqual(content(two), content(first), 'two generators send the same as one');
    const otherContent = new Set(content(other));
    assert.equal(content(first).filter((each) => otherContent.has(each)).length, 0);
  });

  test('secrets reach the server, and nothing that is written down', async () => {
    const secret = 'hunter2-very-secret';
    const step = stepTo('/every-fourth-fails?n=${counter}', {
      method: 'POST',
      headers: { authorization: 'Bearer ${secrets.key}' },
      body: { kind: 'json', value: { password: '${secrets.key}' } },
    });
    const plan = { secrets: { key: 'API_KEY' } };
    const seen = await recordedRun(cwd, even(40, 1), [step], plan, { secrets: { key: secret } });
    for (const { headers, body } of seen.arrived) {
      assert.equal(headers['authorization'], `Bearer ${secret}`);
      assert.deepEqual(JSON.parse(body), { password: secret });
    }
    assert.equal(seen.document.load.failed, 10);
    const files = await readdir(seen.folder);
    assert.ok(files.includes('failures.json'));
    for (const file of files) {
      assert.ok(!(await readFile(path.join(seen.folder, file))).includes(secret), `the secret stands in ${file}`);
    }
  });

  test('feeders: rows in order, shuffled anew for each pass, or any row at any time', async () => {
    const rows = Array.from({ length: 10 }, (_, id) => id);
    const csv = path.join(cwd, 'rows.csv');
    const jsonl = path.join(cwd, 'rows.jsonl');
    await writeFile(csv, ['id,name', ...rows.map((id) => `${id},"a ""quoted"", ${id}"`)].join('\n'));
    await writeFile(jsonl, rows.map((id) => JSON.stringify({ id, on: id % 2 === 0, in: { deep: [id] } })).join('\n'));
    const step = stepTo('/?any=${any.id}', {
      method: 'POST',
      headers: { ...MARK, 'x-again': '${shuffled.id}' },
      body: {
        kind: 'json',
        value: {
          row: '${ordered.id}',
          name: '${ordered.name}',
          id: '${shuffled.id}',
          on: '${shuffled.on}',
          in: '${shuffled.in}',
        },
      },
    });
    const data = {
      ordered: { file: csv, order: 'sequence', end: 'repeat' },
      shuffled: { file: jsonl, order: 'shuffle', end: 'repeat' },
      any: { file: csv, order: 'random', end: 'repeat' },
    } as const;
    const { arrived } = await recordedRun(cwd, even(200, 2), [step], { data, generators: 2 });
    const requests = byIteration(arrived);
    assert.equal(requests.length, 400);
    const shuffled = requests.map((request, iteration) => {
      const body = JSON.parse(request.body) as { row: string; name: string; id: number; on: boolean; in: unknown };
      const row = iteration % 10;
      assert.deepEqual([body.row, body.name], [`${row}`, `a "quoted", ${row}`], 'a value of CSV is a text');
      assert.deepEqual([body.on, body.in], [body.id % 2 === 0, { deep: [body.id] }], 'the values are of one row');
      assert.equal(request.headers['x-again'], `${body.id}`, 'an iteration has one row');
      return body.id;
    });
    const passes = Array.from({ length: 40 }, (_, pass) => shuffled.slice(pass * 10, pass * 10 + 10));
    for (const pass of passes) assert.deepEqual(pass.toSorted(), rows, 'each pass has each row once');
    assert.equal(new Set(passes.map(String)).size, 40, 'each pass has an order of its own');
    const counts = rows.map((id) => requests.filter((request) => queryOf(request).get('any') === `${id}`).length);
    // 9 degrees of freedom: passed by one in a thousand.
    assert.ok(
      chiSquare(
        counts,
        rows.map(() => 1),
      ) < 27.9,
      `any row: ${counts}`,
    );
  });

  test('a feeder that ends ends the load, with every row used once', async () => {
    const file = path.join(cwd, 'once.csv');
    const ids = Array.from({ length: 41 }, (_, id) => `${id}`);
    await writeFile(file, ['id', ...ids].join('\n'));
    const step = stepTo('/?id=${once.id}', { headers: MARK });
    for (const [order, load] of [
      ['sequence', even(200, 5)],
      ['shuffle', steadyUsers(3, 5000)],
    ] as const) {
      const data = { once: { file, order, end: 'stop' } } as const;
      const { arrived, document } = await recordedRun(cwd, load, [step], { data, generators: 2 });
      const used = arrived.map((request) => queryOf(request).get('id')!);
      assert.deepEqual(
        used.toSorted((a, b) => Number(a) - Number(b)),
        ids,
      );
      if (order === 'sequence')
        assert.deepEqual(
          byIteration(arrived).map((request) => queryOf(request).get('id')),
          ids,
        );
      assert.equal(document.load.completed, 41);
      assert.equal(document.state, 'finished');
      const [measured] = document.phases;
      assert.ok(measured!.end - measured!.start < 2000, `it went on for ${measured!.end - measured!.start} ms`);
    }
  });

  test('what an answer holds goes into later requests of its iteration', async () => {
    const order = stepTo('/order', {
      method: 'POST',
      headers: MARK,
      extract: {
        id: { from: 'json', path: '$.id', otherwise: null },
        sku: { from: 'json', path: '$.lines[0].sku', otherwise: null },
        place: { from: 'header', name: 'Location', otherwise: null },
        ref: { from: 'regex', pattern: 'ref=(R)(\\d+);', group: 2, otherwise: null },
        coupon: { from: 'json', path: '$.coupon', otherwise: 'none' },
      },
    });
    const pay = stepTo('${place}', {
      method: 'PUT',
      headers: { ...MARK, 'x-sku': '${sku}' },
      body: { kind: 'json', value: { id: '${id}', sku: '${sku}', ref: '${ref}', coupon: '${coupon}' } },
    });
    const { arrived, record } = await recordedRun(cwd, even(100, 1), [order, pay]);
    const payments = arrived.filter(({ method }) => method === 'PUT');
    assert.equal(payments.length, 100);
    for (const payment of payments) {
      const number = Number(/^\/orders\/(\d+)$/.exec(payment.url)?.[1]);
      assert.equal(payment.headers['x-sku'], `${number}`);
      const body = { id: `order-${number}`, sku: number, ref: `${number}`, coupon: 'none' };
      assert.deepEqual(JSON.parse(payment.body), body);
      const answered = record[number - 1]!;
      assert.deepEqual([answered.url, iterationOf(answered)], ['/order', iterationOf(payment)]);
    }
  });

  test('cookies are kept within an iteration, by their paths, and not beyond it', async () => {
    const steps = ['/visit', '/settings/page', '/home'].map((url) => stepTo(url, { headers: MARK }));
    const { arrived, record } = await recordedRun(cwd, even(100, 1), steps);
    assert.equal(arrived.length, 300);
    for (const request of arrived) {
      const { cookie } = request.headers;
      if (request.url === '/visit') {
        assert.equal(cookie, undefined, 'a new iteration knows no cookies');
        continue;
      }
      const number = Number(/session=(\d+)/.exec(cookie ?? '')?.[1]);
      const expected = request.url === '/home' ? [`session=${number}`] : [`session=${number}`, `theme=${number}`];
      assert.deepEqual(cookie?.split('; ').sort(), expected);
      assert.equal(iterationOf(record[number - 1]!), iterationOf(request));
    }
  });
});
