import assert from 'node:assert/strict';
import test from 'node:test';
import { steadyUsers } from '../../src/load/model/closed-load.ts';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { loadText, parseLoad } from '../../src/load/plan/load-text.ts';

test('a load is read as people write it', () => {
  assert.deepEqual(parseLoad(''), { load: null, duration: 10_000 });
  assert.deepEqual(parseLoad(' for 30s'), { load: null, duration: 30_000 });
  assert.deepEqual(parseLoad('60'), { load: steadyRate(60, 10_000), duration: 10_000 });
  assert.deepEqual(parseLoad('60/s', 5000), { load: steadyRate(60, 5000), duration: 5000 });
  assert.deepEqual(parseLoad(' 2.5/s for 30 s '), { load: steadyRate(2.5, 30_000), duration: 30_000 });
  assert.deepEqual(parseLoad('60 / s for 1m30s', 5000), { load: steadyRate(60, 90_000), duration: 90_000 });
  assert.deepEqual(parseLoad('8 users'), { load: steadyUsers(8, 10_000), duration: 10_000 });
  assert.deepEqual(parseLoad('1 user for 2m'), { load: steadyUsers(1, 120_000), duration: 120_000 });
  for (const text of [
    'fast',
    '60 req',
    '-3',
    '60 for ever',
    '60for 5s',
    '60/s for',
    '60/m',
    'users',
    '8 users 9',
    '1e3',
  ]) {
    assert.equal(parseLoad(text), null, text);
  }
});

test('a steady load is written as it is read', () => {
  for (const text of ['60/s for 30s', '0.5/s for 1500ms', '8 users for 1m', '1 user for 10s']) {
    assert.equal(loadText(parseLoad(text)!.load!, true), text);
  }
  assert.equal(loadText(steadyRate(60, 30_000), false), '60/s');
  assert.equal(loadText(steadyRate(60, 30_000, 'constant'), false), null);
  assert.equal(
    loadText({ model: 'closed', stages: [{ name: 'steady', from: 0, to: 8, duration: 1000 }] }, false),
    null,
  );
  assert.equal(loadText({ model: 'replay', times: [0] }, false), null);
});
