import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  flightTime,
  functionGrouping,
  keepPoints,
  lineGrouping,
  lowerBound,
  type NodePoints,
  nodePoints,
  OverlapSums,
  outermostOnly,
  pickPoints,
  sharesOf,
  usualWeight,
} from '../../src/correlate/shares.ts';
import { RUNNING, WAITING } from '../../src/profile/profile.ts';
import { ProfileBuilder } from '../../src/profile/profile-builder.ts';
import { stepsOf } from '../support/flight-steps.ts';

/** `handle` calls `walk`, which calls itself; and a library without a file calls nothing. */
const builder = new ProfileBuilder();
const thread = builder.thread({ pid: 1, id: '1', name: 'main' });
const frame = (name: string, file: string | null): number =>
  builder.frame({ function: name, file, line: 1, column: null });
const [handle, walk, library] = [frame('handle', '/a.py'), frame('walk', '/a.py'), frame('sort', null)];
const root = builder.stack(-1, handle, 10);
const once = builder.stack(root, walk, 20);
const twice = builder.stack(once, walk, 20);
const elsewhere = builder.stack(once, walk, 21);
const outside = builder.stack(root, library, 0);
for (const [time, stack, weight, state] of [
  [0, twice, 4, RUNNING],
  [4, elsewhere, 2, RUNNING],
  [6, outside, 2, RUNNING],
  [8, once, 20, WAITING],
] as const) {
  builder.sample(time, stack, thread, weight, state);
}
const PROFILE = builder.build('recursive', 'ms', true);

describe('a call counts once', () => {
  test('of a function that calls itself', () => {
    const { of, count } = functionGrouping(PROFILE);
    assert.equal(count, 3);
    assert.deepEqual([...of], [handle, walk, -1, -1, library]);
  });

  test('of a line that comes back to itself; another line of the function counts, one without a file does not', () => {
    const { grouping, lines } = lineGrouping(PROFILE);
    assert.deepEqual(
      lines.map(({ file, line }) => `${file}:${line}`),
      ['/a.py:10', '/a.py:20', '/a.py:21'],
    );
    assert.equal(grouping.count, 3);
    assert.deepEqual([...grouping.of], [0, 1, -1, 2, -1]);
  });

  test('however far above the same group stands', () => {
    assert.deepEqual(
      [...outermostOnly(Int32Array.of(-1, 0, 1, 2, -1), Int32Array.of(5, 6, -1, 5, 5))],
      [5, 6, -1, -1, 5],
    );
  });
});

describe('points', () => {
  const points: NodePoints = {
    time: Float64Array.of(1, 2, 3),
    node: Int32Array.of(7, 8, 7),
    weight: Float64Array.of(10, 20, 30),
  };

  test('take the stack of their sample', () => {
    const made = nodePoints(PROFILE, {
      time: Float64Array.of(6, 0),
      sample: Int32Array.of(2, 0),
      weight: Float64Array.of(2, 4),
    });
    assert.deepEqual([...made.node], [outside, twice]);
    assert.deepEqual([...made.weight], [2, 4]);
  });

  test('are kept by node, and picked by row', () => {
    const kept = keepPoints(points, (node) => node === 7);
    assert.deepEqual(
      [[...kept.time], [...kept.node], [...kept.weight]],
      [
        [1, 3],
        [7, 7],
        [10, 30],
      ],
    );
    assert.deepEqual([...pickPoints(points, [2, 0]).weight], [30, 10]);
  });
});

describe('sums by tail and rest', () => {
  /** A root 0 with the leaves 1 and 2; a second root 3. Groups: the leaves, and all below the first root. */
  const parent = Int32Array.of(-1, 0, 0, -1);
  const grouping = { count: 3, of: Int32Array.of(2, 0, 1, -1) };
  const points: NodePoints = {
    time: Float64Array.of(0, 2, 4, 6, 8),
    node: Int32Array.of(1, 2, 1, 3, 2),
    weight: Float64Array.of(1, 2, 4, 8, 16),
  };
  const span = { start: 0, end: 10 };
  // Slow alone until 3, half and half until 7, others alone until 9, then nobody.
  const flight = stepsOf([0, 3, 7, 9], [1, 0.5, 0, 0], [0, 0.5, 1, 0]);
  const sums = new OverlapSums(points, flight, span, parent, grouping);

  test('go up to callers, and into groups', () => {
    const { tail, rest, tailTotal, restTotal } = sums.at(0);
    assert.deepEqual([...tail], [1 + 2, 2, 5]);
    assert.deepEqual([...rest], [2, 16, 18]);
    assert.deepEqual([tailTotal, restTotal], [9, 22]);
    assert.deepEqual([...sums.nodeTail], [5, 3, 2, 4]);
  });

  test('wrap round at the end of the phase when they are shifted', () => {
    // At t + 3: 0→3, 2→5, 4→7, 6→9, and 8 comes back to 1.
    const { tail, rest, tailTotal, restTotal } = sums.at(3);
    assert.deepEqual([...tail], [0.5, 1 + 16, 17.5]);
    assert.deepEqual([...rest], [0.5 + 4, 1, 5.5]);
    assert.deepEqual([tailTotal, restTotal], [17.5, 5.5]);
    // What lies on the seam itself is at the beginning.
    assert.deepEqual([...sums.at(2).tail], [1 + 2, 1 + 16, 20]);
  });

  test('are shares of all, of the tail and of the rest', () => {
    const shares = sharesOf(points, flight, span, parent, grouping, 2);
    assert.deepEqual([...shares.all], [5 / 31, 18 / 31, 23 / 31]);
    assert.deepEqual([...shares.tail], [3 / 9, 2 / 9, 5 / 9]);
    assert.deepEqual([...shares.rest], [2 / 22, 16 / 22, 18 / 22]);
    assert.deepEqual([...shares.restSamples], [1, 8, 9]);
  });
});

test('the time in flight is that within the span, slow and other, and how much of it was beside a slow one', () => {
  const flight = stepsOf([0, 3, 7, 9], [1, 0.5, 0, 0], [0, 0.5, 1, 0]);
  assert.deepEqual(flightTime(flight, { start: 0, end: 10 }), { tail: 5, rest: 4, slowInFlight: 7 / 9 });
  assert.deepEqual(flightTime(flight, { start: 2, end: 5 }), { tail: 2, rest: 1, slowInFlight: 1 });
  assert.deepEqual(flightTime(flight, { start: 20, end: 30 }), { tail: 0, rest: 0, slowInFlight: 0 });
});

test('the usual length of a sample is the one in the middle of those that ran', () => {
  assert.equal(usualWeight(PROFILE), 2);
  assert.equal(usualWeight(new ProfileBuilder().build('empty', 'ms', true)), 0);
});

test('the first of sorted values that is not below another', () => {
  const sorted = Float64Array.of(1, 2, 2, 5);
  assert.deepEqual(
    [0, 1, 2, 3, 5, 6].map((value) => lowerBound(sorted, value)),
    [0, 0, 1, 3, 3, 4],
  );
});
