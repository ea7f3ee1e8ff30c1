import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { NodePoints } from '../../src/correlate/shares.ts';
import {
  differenceInterval,
  exactness,
  isMore,
  largestDifference,
  liftOf,
  pValue,
  SHIFTS,
  shiftTest,
} from '../../src/correlate/significance.ts';
import { stepsOf } from '../support/flight-steps.ts';

describe('circular shifts', () => {
  const spreadOf = (from: number, to: number, minShift: number): [number, number, Set<number>] => {
    const shifts = new Set<number>();
    const span = { start: from, end: to };
    const largestAt = (shift: number): number => {
      shifts.add(shift);
      return shift;
    };
    const { maxima } = shiftTest(largestAt, span, minShift, 1);
    assert.deepEqual(
      [...maxima],
      [...shifts].sort((a, b) => a - b),
    );
    return [maxima[0]!, maxima.at(-1)!, shifts];
  };

  test('are as many as are said, all different, and keep their distance from none on either side', () => {
    const [least, most, shifts] = spreadOf(500, 1500, 100);
    assert.equal(shifts.size, SHIFTS);
    // 999 of 800 ms: the first and last are within a few ms of the ends, and not beyond.
    assert.ok(least >= 100 && least < 108, `${least}`);
    assert.ok(most <= 900 && most > 892, `${most}`);
  });

  test('keep a quarter of the phase at most', () => {
    const [least, most] = spreadOf(0, 1000, 5000);
    assert.ok(least >= 250 && least < 256 && most <= 750 && most > 744, `${least} to ${most}`);
  });

  test('are the same again with the same seed, and others with another', () => {
    const at = (seed: number) => [...shiftTest((shift) => shift, { start: 0, end: 1000 }, 10, seed).maxima];
    assert.deepEqual(at(1), at(1));
    assert.notDeepEqual(at(1), at(2));
  });
});

test('p counts the shifts in which at least as much stands out, and the one that is', () => {
  const maxima = Float64Array.of(0.1, 0.2, 0.2, 0.3);
  const of = (value: number): number => pValue({ maxima }, value);
  assert.deepEqual([of(0.05), of(0.1), of(0.2), of(0.25), of(0.3), of(0.31)], [1, 1, 0.8, 0.4, 0.4, 0.2]);
});

test('the largest difference is that of the candidates, of shares of either total', () => {
  const sums = { tail: Float64Array.of(9, 5, 3), rest: Float64Array.of(0, 2, 6), tailTotal: 10, restTotal: 10 };
  assert.equal(largestDifference(sums, [1, 2], { tail: 10, rest: 20 }), 0.5 - 0.1);
  assert.equal(largestDifference(sums, [2], { tail: 10, rest: 20 }), 0.3 - 0.3);
  assert.equal(largestDifference(sums, [0, 1, 2], { tail: 10, rest: 20 }), 0.9);
  assert.equal(largestDifference(sums, [], { tail: 10, rest: 20 }), Number.NEGATIVE_INFINITY);
});

test('a difference of shares is known as exactly as the harmonic sum of its totals says, and not at all of nothing', () => {
  assert.ok(Math.abs(exactness({ tail: 300, rest: 600 }) - Math.sqrt(200)) < 1e-9);
  assert.deepEqual([exactness({ tail: 0, rest: 5 }), exactness({ tail: 5, rest: 0 })], [0, 0]);
});

test('how many times as much is unknown where twenty samples do not tell of how much', () => {
  assert.equal(liftOf(0.6, 0.2, 20), 0.6 / 0.2);
  assert.equal(liftOf(0.6, 0.2, 19.9), null);
  assert.equal(liftOf(0.6, 0, 50), null);
});

test('more is what lies above nothing for certain, or of which nothing is known', () => {
  assert.deepEqual(
    [isMore([0.01, 0.4]), isMore([0, 0.4]), isMore([-0.1, 0.4]), isMore(null)],
    [true, false, false, true],
  );
});

describe('the interval of a difference of shares', () => {
  const span = { start: 1000, end: 1400 };
  /** A point a ms. The first half of every block of 10 ms is slow, the second is not. */
  const points: NodePoints = {
    time: Float64Array.from({ length: 400 }, (_, ms) => 1000 + ms),
    node: new Int32Array(400),
    weight: new Float64Array(400).fill(1),
  };
  const edges = Array.from({ length: 81 }, (_, half) => 1000 + 5 * half);
  const alternating = stepsOf(
    edges,
    edges.map((_, half) => Number(half < 80 && half % 2 === 0)),
    edges.map((_, half) => Number(half < 80 && half % 2 === 1)),
  );
  const of = (inGroup: (ms: number) => boolean, perTime = false, flight = alternating) =>
    differenceInterval(
      points,
      Uint8Array.from({ length: 400 }, (_, ms) => Number(inGroup(ms))),
      flight,
      span,
      10,
      3,
      perTime,
    );

  test('is no wider than nothing where every block says the same', () => {
    // 3 of 5 points of the tail, 1 of 5 of the rest.
    const [low, high] = of((ms) => [0, 1, 2, 7].includes(ms % 10))!;
    assert.ok(Math.abs(low - 0.4) < 1e-12 && Math.abs(high - 0.4) < 1e-12, `${low} to ${high}`);
  });

  test('is as wide as blocks drawn by chance make it', () => {
    // In half of the blocks all of the tail, in the others none, and nothing of the rest: a binomial of 40, ± 1.96 · √(0.25/40).
    const [low, high] = of((ms) => ms % 10 < 5 && Math.floor(ms / 10) % 2 === 0)!;
    assert.ok(Math.abs(low - (0.5 - 0.155)) < 0.026, `${low}`);
    assert.ok(Math.abs(high - (0.5 + 0.155)) < 0.026, `${high}`);
  });

  test('is of the time in flight where that is asked for', () => {
    // The first 40 ms of the phase, in which nobody is in flight, count for neither side.
    const late = { ...alternating, tail: alternating.tail.map((value, at) => (at <= 8 ? 0 : value)) };
    // Every point of the tail weighs a ms of 5 a block.
    const [low, high] = of((ms) => ms % 10 < 2, true)!;
    assert.ok(Math.abs(low - 0.4) < 1e-12 && Math.abs(high - 0.4) < 1e-12, `${low} to ${high}`);
    const [lower] = of((ms) => ms % 10 < 2, true, late)!;
    assert.ok(Math.abs(lower - 0.4) < 1e-12, `${lower}`);
  });

  test('is unknown where one side has nothing', () => {
    const onlySlow = stepsOf([1000, 1400], [1, 0], [0, 0]);
    assert.equal(
      of(() => true, false, onlySlow),
      null,
    );
    assert.equal(
      of(() => true, true, onlySlow),
      null,
    );
  });
});
