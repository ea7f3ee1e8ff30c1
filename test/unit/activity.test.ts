import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { activityOf, activitySentence, idlePoints, seesWaiting } from '../../src/correlate/activity.ts';
import type { Context } from '../../src/correlate/context.ts';
import { type Profile, type ProfileUnit, RUNNING, WAITING } from '../../src/profile/profile.ts';
import { ProfileBuilder } from '../../src/profile/profile-builder.ts';
import { stepsOf } from '../support/flight-steps.ts';

/** Samples of one stack: from when, for how long, ms. */
function profileOf(samples: readonly (readonly [number, number, number])[], unit: ProfileUnit = 'ms'): Profile {
  const builder = new ProfileBuilder();
  const thread = builder.thread({ pid: 1, id: '1', name: 'main' });
  const frame = builder.frame({ function: 'work', file: '/srv/app.py', line: 1, column: null });
  const stack = builder.stack(-1, frame, 2);
  for (const [time, weight, state] of samples) builder.sample(time, stack, thread, weight, state);
  return builder.build('a profile', unit, true);
}

/** From 100 to 120 ms: two threads that overlap run from 102 to 107, one on past the end from 118; another waits all the time. */
const PHASE = { start: 100, end: 120 };
const BUSY = profileOf([
  [90, 8, RUNNING],
  [100, 20, WAITING],
  [102, 5, RUNNING],
  [104, 2, RUNNING],
  [118, 7, RUNNING],
]);

describe('the time in which nothing ran', () => {
  test('is what no thread’s running sample covers, each ms once, by bins of 5 ms', () => {
    const { time, node, weight } = idlePoints(BUSY, PHASE, 3);
    assert.deepEqual([...time], [102.5, 107.5, 112.5, 117.5]);
    assert.deepEqual([...weight], [2, 3, 5, 3]);
    assert.deepEqual([...node], [3, 3, 3, 3]);
  });

  test('has bins as wide as divide the phase, and one where it is shorter than a bin', () => {
    const { time, weight } = idlePoints(profileOf([[0, 6, RUNNING]]), { start: 0, end: 12 }, 0);
    assert.deepEqual([...time], [2, 6, 10]);
    assert.deepEqual([...weight], [0, 2, 4]);
    assert.deepEqual([...idlePoints(profileOf([[0, 1, RUNNING]]), { start: 0, end: 2 }, 0).weight], [1]);
  });

  test('is none where samples go from before the phase to its end', () => {
    assert.deepEqual([...idlePoints(profileOf([[95, 60, RUNNING]]), PHASE, 0).weight], [0, 0, 0, 0]);
  });
});

describe('how much of the time the target ran', () => {
  // Slow requests are in flight from 100 to 110, the others from 110 to 120.
  const context = (profile: Profile, mask: number[]): Omit<Context, 'tree' | 'points'> => ({
    input: {
      profile,
      phase: PHASE,
      requests: { start: new Float64Array(), end: new Float64Array() },
      isUserCode: () => true,
      seed: 1,
    },
    intervals: {
      start: Float64Array.of(100, 110, 112, 104),
      end: Float64Array.of(110, 120, 115, 110),
      latency: Float64Array.of(10, 10, 3, 6),
    },
    tail: { threshold: 5, mask: Uint8Array.from(mask), slow: 2, stretches: 1 },
    steps: stepsOf([100, 110, 120], [1, 0, 0], [0, 1, 0]),
    slow: 'slow requests',
    minShift: 1,
    blockMs: 1,
  });

  test('is told of slow requests and of the others, with how long either took', () => {
    // Of 100 to 110 ms 5 are idle, of 110 to 120 ms 8 are. Slow ones took 10 and 6 ms, the others 10 and 3.
    assert.deepEqual(activityOf(context(BUSY, [1, 0, 0, 1])), {
      tail: 0.5,
      rest: 1 - 8 / 10,
      slowMs: 8,
      otherMs: 6.5,
    });
  });

  test('is unknown where waiting is not seen, or where only one kind of request was in flight', () => {
    assert.equal(activityOf(context(profileOf([[102, 5, RUNNING]]), [1, 0, 0, 1])), null);
    const only = stepsOf([100, 120], [1, 0], [0, 0]);
    assert.equal(activityOf({ ...context(BUSY, [1, 0, 0, 1]), steps: only }), null);
    const others = stepsOf([100, 120], [0, 0], [1, 0]);
    assert.equal(activityOf({ ...context(BUSY, [1, 0, 0, 1]), steps: others }), null);
  });

  test('is a sentence that names both', () => {
    assert.equal(
      activitySentence({ tail: 0.5, rest: 0.2, slowMs: 80, otherMs: 10 }, 'slow requests'),
      'Slow requests took 80 ms in the mean, code of the target ran for 40 ms of it; the others took 10 ms, and it ran for 2.0 ms.',
    );
  });
});

test('a profiler sees waiting where a sample in ms says so', () => {
  assert.equal(seesWaiting(BUSY), true);
  assert.equal(seesWaiting(profileOf([[0, 1, RUNNING]])), false);
  assert.equal(seesWaiting(profileOf([[0, 1, WAITING]], 'samples')), false);
});
