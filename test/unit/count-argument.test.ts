import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countArgument } from '../support/count-argument.ts';

test('an argument that is no number of runs is refused instead of making figures of none', (context) => {
  const { argv } = process;
  context.after(() => {
    process.argv = argv;
  });
  process.argv = ['node', 'bench', '7', '--into', 'folder'];
  assert.equal(countArgument(1, 'runs', 3), 7);
  assert.equal(countArgument(2, 'rounds', 3), 3, 'an option is no number');
  assert.equal(countArgument(4, 'seconds', 5), 5);
  for (const wrong of ['many', '0', '-1', '2.5', '']) {
    process.argv = ['node', 'bench', wrong];
    assert.throws(() => countArgument(1, 'runs', 3), /^Error: Argument 1, runs, must be a whole number above 0, not "/);
  }
});
