import assert from 'node:assert/strict';
import test from 'node:test';
import { isFresh } from '../../src/runner/calibration.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

test('what a machine manages is measured anew after a month, and after a minute where it was busy', () => {
  assert.ok(isFresh({ capacity: 60_000, measuredAt: 0 }, 29 * DAY));
  assert.ok(!isFresh({ capacity: 60_000, measuredAt: 0 }, 31 * DAY));
  assert.ok(isFresh({ capacity: 1500, measuredAt: 0, busy: true }, 0.9 * MINUTE));
  assert.ok(!isFresh({ capacity: 1500, measuredAt: 0, busy: true }, 1.1 * MINUTE));
});
