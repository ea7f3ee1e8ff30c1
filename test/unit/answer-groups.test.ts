import assert from 'node:assert/strict';
import test from 'node:test';
import { AnswerGroups } from '../../src/load/generate/answer-groups.ts';
import { Exchange } from '../../src/load/http/exchange.ts';
import { Redactor } from '../../src/load/plan/redaction.ts';
import { JoinedGroups } from '../../src/runner/joined-groups.ts';
import { REQUEST_OFFSET, REQUEST_WIDTH, tableFromRows } from '../../src/runs/request-table.ts';

function answer(...headers: readonly string[]): Exchange {
  const exchange = new Exchange();
  exchange.status = 200;
  exchange.rawHeaders = headers.map((text) => Buffer.from(text));
  return exchange;
}

function groupsBy(header: string | null, secrets: readonly string[] = []): { groups: AnswerGroups; met: string[] } {
  const met: string[] = [];
  const groups = new AnswerGroups(header, new Redactor(secrets), (index, name) => {
    assert.equal(index, met.push(name) - 1, 'numbered as they are met');
  });
  return { groups, met };
}

test('answers are numbered by the value of the header, whatever the case of its name', () => {
  const { groups, met } = groupsBy('x-cache');
  const values = ['miss', 'hit', 'miss', ' hit '].map((value) => groups.of(answer('X-Cache', value)));
  assert.deepEqual(values, [0, 1, 0, 1]);
  assert.deepEqual(met, ['miss', 'hit']);
});

test('without the header the value is none, and where no answer came there is no group', () => {
  const { groups, met } = groupsBy('x-cache');
  assert.equal(groups.of(null), Number.NaN);
  assert.equal(groups.of(new Exchange()), Number.NaN);
  assert.equal(groups.of(answer('server', 'x')), 0);
  assert.equal(groups.of(answer('x-cache', '')), 0);
  assert.deepEqual(met, ['none']);
  assert.equal(groupsBy(null).groups.of(answer('x-cache', 'hit')), Number.NaN, 'nothing is split');
});

test('after 32 values the rest are other, and those that were known stay', () => {
  const { groups, met } = groupsBy('x-id');
  groups.of(answer());
  for (let i = 0; i < 1000; i++) groups.of(answer('x-id', String(i)));
  assert.equal(met.length, 34);
  assert.deepEqual([met[0], met[1], met.at(-2), met.at(-1)], ['none', '0', '31', 'other']);
  assert.equal(groups.of(answer('x-id', '7')), 8);
  assert.equal(groups.of(answer('x-id', 'never seen')), 33);
});

test('long values are cut, and secrets never become one', () => {
  const long = groupsBy('x-backend');
  long.groups.of(answer('x-backend', 'b'.repeat(5000)));
  assert.equal(long.met[0]!.length, 65);
  const secret = groupsBy('x-user', ['hunter2hunter2']);
  secret.groups.of(answer('x-user', 'ann:hunter2hunter2'));
  assert.deepEqual(secret.met, ['ann:<removed>']);
  const cookie = groupsBy('set-cookie');
  for (const id of ['a', 'b']) cookie.groups.of(answer('set-cookie', `id=${id}`));
  assert.deepEqual(cookie.met, ['<removed>']);
});

test('several generators that meet the values in another order come to one numbering', () => {
  const joined = new JoinedGroups();
  const rows = (...numbers: number[]): Float64Array => {
    const made = new Float64Array(numbers.length * REQUEST_WIDTH);
    numbers.forEach((number, i) => {
      made[i * REQUEST_WIDTH + REQUEST_OFFSET.group] = number;
    });
    return made;
  };
  assert.equal(joined.learn(0, 0, 'hit'), 'hit');
  assert.equal(joined.learn(1, 0, 'miss'), 'miss');
  assert.equal(joined.learn(1, 1, 'hit'), null);
  assert.equal(joined.learn(0, 1, 'none'), 'none');
  const [first, second] = [rows(0, 1, Number.NaN), rows(0, 1, 0)];
  joined.renumber(first, 0);
  joined.renumber(second, 1);
  assert.deepEqual([...tableFromRows(first).group], [0, 2, Number.NaN]);
  assert.deepEqual([...tableFromRows(second).group], [1, 0, 1]);
});
