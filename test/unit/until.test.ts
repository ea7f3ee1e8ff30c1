import assert from 'node:assert/strict';
import { test } from 'node:test';
import { until } from '../support/until.ts';

test('what is waited for is asked for until it is there, and it is said where it does not come', async () => {
  let asked = 0;
  assert.equal(await until('zero', 1000, () => (++asked < 3 ? null : 0), 1), 0);
  assert.equal(asked, 3);
  await assert.rejects(
    until('what never comes', 20, () => null, 1),
    /^Error: Waited 0\.02 s for what never comes\.$/,
  );
});
