import assert from 'node:assert/strict';
import test from 'node:test';
import type { Feed } from '../../src/load/plan/plan.ts';
import { PlanError } from '../../src/load/plan/plan-error.ts';
import { Feeder, type FeedRows, parseFeed } from '../../src/load/scenario/feeder.ts';
import { chiSquare } from '../support/chi-square.ts';

const rowsOf = (count: number): FeedRows => ({
  file: '/data/rows.csv',
  rows: Array.from({ length: count }, (_, n) => ({ n })),
});
const feederOf = (count: number, order: Feed['order'], end: Feed['end'] = 'repeat', seed = 1): Feeder =>
  new Feeder(rowsOf(count), { order, end }, seed);
const numberAt = (feeder: Feeder, iteration: number): number => feeder.rowAt(iteration)!['n'] as number;
const passOf = (feeder: Feeder, count: number, pass: number): number[] =>
  Array.from({ length: count }, (_, at) => numberAt(feeder, pass * count + at));
const fault = (text: string, file: string, words: RegExp): void => {
  assert.throws(
    () => parseFeed(text, file),
    (error) => error instanceof PlanError && words.test(error.message),
  );
};

test('CSV has its columns by the header', () => {
  const text = '\ufeffname, city\r\n"Doe, ""J""",Köln\r\n\r\nx,"two\nlines"\r\n';
  assert.deepEqual(parseFeed(text, 'users.csv'), {
    file: 'users.csv',
    rows: [
      { name: 'Doe, "J"', city: 'Köln' },
      { name: 'x', city: 'two\nlines' },
    ],
  });
});

test('JSON lines keep their types', () => {
  const text = '\ufeff{"a":1,"b":[true,null]}\r\n\n{"a":"x"}';
  for (const file of ['x.jsonl', 'x.NDJSON']) {
    assert.deepEqual(parseFeed(text, file).rows, [{ a: 1, b: [true, null] }, { a: 'x' }]);
  }
});

test('a file that cannot be read says where', () => {
  fault('a,b\n1,2\n3\n', 'f.csv', /f\.csv, line 3: 1 values.* 2 columns/);
  fault('a,b\n1,2,3\n', 'f.csv', /f\.csv, line 2: 3 values/);
  fault('a,b\n1,x"y\n', 'f.csv', /f\.csv, line 2: a "/);
  fault('a,b\n1,"2\n', 'f.csv', /f\.csv, line \d+: the file ends inside a quoted value/);
  fault('a,,c\n1,2,3\n', 'f.csv', /line 1: column 2 has no name/);
  fault('a,b,a\n1,2,3\n', 'f.csv', /line 1: two columns are named "a"/);
  fault('', 'f.csv', /f\.csv has no rows/);
  fault('a,b\n', 'f.csv', /no rows/);
  fault('{"a":1}\n\n[1]\n', 'f.jsonl', /f\.jsonl, line 3: not a JSON object/);
  fault('{"a":1}\n{"a":', 'f.jsonl', /f\.jsonl, line 2/);
  fault('null', 'f.ndjson', /line 1/);
  fault('\n', 'f.ndjson', /no rows/);
});

test('at most a million rows are read', () => {
  fault(`a\n${'1\n'.repeat(1_000_001)}`, 'f.csv', /more than 1000000 rows/);
  fault('{}\n'.repeat(1_000_001), 'f.jsonl', /more than 1000000 rows/);
});

test('in sequence, rows come in the order of the file, again or once', () => {
  const again = feederOf(3, 'sequence');
  assert.deepEqual(
    [0, 1, 2, 3, 7, 3_000_000_000].map((at) => numberAt(again, at)),
    [0, 1, 2, 0, 1, 0],
  );
  assert.equal(again.ends, false);
  const once = feederOf(3, 'sequence', 'stop');
  assert.equal(numberAt(once, 2), 2);
  assert.equal(once.rowAt(3), null);
  assert.equal(once.ends, true);
});

test('shuffled, every pass has each row once, in an order of its own', () => {
  const feeder = feederOf(100, 'shuffle');
  const passes = [0, 1, 2, 3].map((pass) => passOf(feeder, 100, pass));
  const sorted = Array.from({ length: 100 }, (_, n) => n);
  for (const pass of passes)
    assert.deepEqual(
      [...pass].sort((a, b) => a - b),
      sorted,
    );
  assert.equal(new Set([sorted, ...passes].map(String)).size, 5);
  assert.notDeepEqual(passOf(feederOf(100, 'shuffle', 'repeat', 2), 100, 0), passes[0]);
  const once = feederOf(100, 'shuffle', 'stop');
  assert.deepEqual(passOf(once, 100, 0), passes[0]);
  assert.equal(once.rowAt(100), null);
});

test('all orders of a shuffle are equally likely', () => {
  const feeder = feederOf(4, 'shuffle');
  const counts = new Map<string, number>();
  for (let pass = 0; pass < 12_000; pass++) {
    const order = passOf(feeder, 4, pass).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.equal(counts.size, 24);
  // 23 degrees of freedom: P(χ² > 56) < 0.0002.
  const chi = chiSquare([...counts.values()], new Array<number>(24).fill(1));
  assert.ok(chi < 56, `chi-square ${chi}`);
});

test('a row depends on the iteration alone, not on who asks and when', () => {
  for (const order of ['sequence', 'shuffle', 'random'] as const) {
    const alone = Array.from({ length: 400 }, (_, at) => numberAt(feederOf(37, order), at));
    const three = [feederOf(37, order), feederOf(37, order), feederOf(37, order)];
    const shared = Array.from({ length: 400 }, (_, at) => numberAt(three[at % 3]!, at));
    assert.deepEqual(shared, alone, order);
    const backwards = feederOf(37, order);
    for (let at = 399; at >= 0; at--) assert.equal(numberAt(backwards, at), alone[at], `${order} ${at}`);
    // Iterations of several passes side by side, as when slow ones reach their second step.
    const mixed = feederOf(37, order);
    for (let at = 0; at < 100; at++) {
      for (const ahead of [0, 299, 150, 40]) assert.equal(numberAt(mixed, at + ahead), alone[at + ahead]);
    }
  }
});

test('at random, any row comes at any time, equally often, and never ends', () => {
  const feeder = feederOf(10, 'random', 'stop');
  assert.equal(feeder.ends, false);
  const counts = new Array<number>(10).fill(0);
  let repeats = 0;
  for (let at = 0; at < 20_000; at++) {
    counts[numberAt(feeder, at)]!++;
    if (numberAt(feeder, at) === numberAt(feeder, at + 1)) repeats++;
  }
  // 9 degrees of freedom: P(χ² > 34) < 0.0001.
  const chi = chiSquare(counts, new Array<number>(10).fill(1));
  assert.ok(chi < 34, `chi-square ${chi}`);
  assert.ok(Math.abs(repeats - 2000) < 4 * Math.sqrt(1800), `${repeats} repeats`);
});

test('two feeds of one run are drawn from independently', () => {
  const files = ['/a/users.csv', '/a/items.csv'];
  const [users, items] = files.map(
    (file) => new Feeder({ ...rowsOf(10), file }, { order: 'random', end: 'repeat' }, 1),
  );
  let same = 0;
  for (let at = 0; at < 5000; at++) if (numberAt(users!, at) === numberAt(items!, at)) same++;
  assert.ok(Math.abs(same - 500) < 4.5 * Math.sqrt(450), `${same} of 5000`);
});

test('a new pass over many rows does not hold up what is to be sent', () => {
  const feeder = feederOf(1_000_000, 'shuffle');
  const timed = (from: number, to: number): number => {
    const before = performance.now();
    for (let at = from; at < to; at++) feeder.rowAt(at);
    return performance.now() - before;
  };
  const start = timed(0, 1000);
  const rest = timed(1000, 1_000_000);
  assert.ok(start * 3 < rest, `${start} ms for the first thousand, ${rest} ms for the rest`);
});
