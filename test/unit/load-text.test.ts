import assert from 'node:assert/strict';
import test from 'node:test';
import { parseLoad } from '../../src/load/plan/load-text.ts';

test('a load is read as people write it', () => {
  assert.deepEqual(parseLoad(''), { load: null, duration: 10_000 });
  assert.deepEqual(parseLoad('60'), { load: { model: 'open', rate: 60, arrivals: 'poisson' }, duration: 10_000 });
  assert.deepEqual(parseLoad(' 2.5/s for 30 s '), {
    load: { model: 'open', rate: 2.5, arrivals: 'poisson' },
    duration: 30_000,
  });
  assert.deepEqual(parseLoad('8 users'), { load: { model: 'closed', users: 8 }, duration: 10_000 });
  for (const text of ['fast', '60 req', '-3', '60 for ever']) assert.equal(parseLoad(text), null);
});
