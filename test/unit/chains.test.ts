import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainChains } from '../../src/correlate/chains.ts';

/** What is named of a function (0) that calls another (1), both of which stand out, by what the other carries of the first's difference. */
function named(carried: number): number[] {
  return explainChains(
    {
      parent: Int32Array.of(-1, 0),
      of: Int32Array.of(0, 1),
      nodeTail: Float64Array.of(1, carried),
      groupTail: Float64Array.of(1, carried),
      difference: Float64Array.of(0.6, 0.6 * carried),
      own: Float64Array.of(0.6 * (1 - carried), 0.6 * carried),
      significant: [0, 1],
    },
    3,
  );
}

test('the callee is named that carries nearly all of its caller, though a sampler left it out of some stacks', () => {
  assert.deepEqual([0.99, 0.88, 0.82].map(named), [[1], [1], [1]]);
});

test('a caller that does much of it itself is named, and its callee not besides', () => {
  assert.deepEqual([0.75, 0.5, 0.2].map(named), [[0], [0], [0]]);
});
