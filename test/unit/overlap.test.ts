import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { flightSteps, forEachShare, pointsOf, runningPoints, viewWeights } from '../../src/correlate/overlap.ts';
import type { Intervals, Tail } from '../../src/correlate/tail.ts';
import { type ProfileUnit, RUNNING, WAITING } from '../../src/profile/profile.ts';
import { ProfileBuilder } from '../../src/profile/profile-builder.ts';

/** From 0 to 10 one that is slow, from 4 to 12 and from 4 to 8 others, from 20 to 21 a slow one. */
const INTERVALS: Intervals = {
  start: Float64Array.of(4, 0, 20, 4),
  end: Float64Array.of(12, 10, 21, 8),
  latency: Float64Array.of(8, 10, 1, 4),
};
const TAIL: Tail = { threshold: 9, mask: Uint8Array.of(0, 1, 1, 0), slow: 2, stretches: 2 };

const builderOf = (samples: readonly (readonly [number, number, number])[], unit: ProfileUnit, hasTime = true) => {
  const builder = new ProfileBuilder();
  const thread = builder.thread({ pid: 1, id: '1', name: 'main' });
  const stack = builder.stack(-1, builder.frame({ function: 'work', file: '/a.py', line: 1, column: null }), 2);
  for (const [time, weight, state] of samples) builder.sample(time, stack, thread, weight, state);
  return builder.build('a profile', unit, hasTime);
};

describe('requests in flight', () => {
  test('divide into slow and other ones at every start and end', () => {
    const { time, tail, rest } = flightSteps(INTERVALS, TAIL);
    const { NEGATIVE_INFINITY, POSITIVE_INFINITY } = Number;
    assert.deepEqual([...time], [NEGATIVE_INFINITY, 0, 4, 8, 10, 12, 20, 21, POSITIVE_INFINITY]);
    assert.deepEqual([...tail], [0, 1, 1 / 3, 1 / 2, 0, 0, 1, 0]);
    assert.deepEqual([...rest], [0, 0, 2 / 3, 1 / 2, 1, 0, 0, 0]);
  });

  test('are none before the first and after the last', () => {
    const told: [number, number, number][] = [];
    const points = { time: Float64Array.of(-5, 0, 3, 4, 9.5, 15, 20.5, 99), weight: new Float64Array(8).fill(6) };
    forEachShare(points, flightSteps(INTERVALS, TAIL), (row, slow, other) => told.push([row, slow, other]));
    assert.deepEqual(told, [
      [0, 0, 0],
      [1, 6, 0],
      [2, 6, 0],
      [3, 2, 4],
      [4, 3, 3],
      [5, 0, 0],
      [6, 6, 0],
      [7, 0, 0],
    ]);
  });
});

describe('points', () => {
  test('are pieces of 5 ms at most of samples that stood for long, from their time on', () => {
    const profile = builderOf(
      [
        [0, 12, RUNNING],
        [3, 4, RUNNING],
        [3, 4, WAITING],
        [5, 0, RUNNING],
      ],
      'ms',
    );
    const { time, sample, weight } = runningPoints(profile, 0, 100);
    assert.deepEqual([...time], [0, 3, 4, 8]);
    assert.deepEqual([...sample], [0, 1, 0, 0]);
    assert.deepEqual([...weight], [4, 4, 4, 4]);
    assert.deepEqual([...pointsOf(profile, WAITING, 0, 100).time], [3]);
  });

  test('are of a stretch from its start up to its end', () => {
    const profile = builderOf(
      [
        [0, 5, RUNNING],
        [5, 5, RUNNING],
        [10, 5, RUNNING],
      ],
      'ms',
    );
    assert.deepEqual([...runningPoints(profile, 5, 10).time], [5]);
  });

  test('are samples as they are where those are counted and not timed', () => {
    const { time, weight } = runningPoints(builderOf([[0, 40, RUNNING]], 'samples'), -1, 1);
    assert.deepEqual([[...time], [...weight]], [[0], [40]]);
  });
});

describe('what a sample weighs in a view', () => {
  test('is its part beside slow and beside other requests, piece by piece', () => {
    const profile = builderOf(
      [
        [0, 12, RUNNING],
        [20, 1, WAITING],
      ],
      'ms',
    );
    const { tail, rest } = viewWeights(profile, INTERVALS, TAIL);
    // Pieces of 4 ms at 0, 4 and 8: alone with the slow one, one of three, and one of two.
    assert.ok(Math.abs(tail[0]! - (4 + 4 / 3 + 2)) < 1e-9 && Math.abs(rest[0]! - (8 / 3 + 2)) < 1e-9);
    assert.deepEqual([tail[1], rest[1]], [1, 0]);
  });

  test('is nothing where samples have no time', () => {
    const { tail, rest } = viewWeights(builderOf([[5, 1, RUNNING]], 'samples', false), INTERVALS, TAIL);
    assert.deepEqual([[...tail], [...rest]], [[0], [0]]);
  });
});
