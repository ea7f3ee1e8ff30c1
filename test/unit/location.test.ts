import assert from 'node:assert/strict';
import test from 'node:test';
import { locationIn } from '../../webview/flamegraph/location.ts';

test('the place is read from the end of a frame as speedscope shows it', () => {
  assert.deepEqual(locationIn('rebuild (/srv/app/model.mjs:42:7)'), {
    file: '/srv/app/model.mjs',
    line: 42,
    column: 7,
  });
  assert.deepEqual(locationIn('rebuild (C:\\app\\model.py:42)'), { file: 'C:\\app\\model.py', line: 42, column: 0 });
  assert.deepEqual(locationIn('f (/srv/app (copy)/a.ts:3:1)'), { file: '/srv/app (copy)/a.ts', line: 3, column: 1 });
  for (const text of ['rebuild', '(garbage collector)', 'a (b)', '']) assert.equal(locationIn(text), null);
});
