import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LevelCurve } from '../../src/load/arrivals/level-curve.ts';
import { seededRandom } from '../../src/load/arrivals/random.ts';
import type { Stage } from '../../src/load/model/stages.ts';
import { PlanError } from '../../src/load/plan/plan-error.ts';

const stage = (from: number, to: number, seconds: number): Stage => ({ name: '', from, to, duration: seconds * 1000 });
const near = (actual: number, expected: number, within = 1e-9): void =>
  assert.ok(Math.abs(actual - expected) <= within * Math.max(1, Math.abs(expected)), `${actual}, not ${expected}`);

/** Held, jump, ramp up, nothing for a while, ramp from nothing, a jump of no duration, ramp to nothing. */
const STAGES = [
  stage(20, 20, 5),
  stage(50, 80, 3),
  stage(0, 0, 4),
  stage(0, 100, 10),
  stage(100, 30, 0),
  stage(30, 0, 6),
];
const STARTS = [0, 5000, 8000, 12_000, 22_000, 22_000, 28_000];
const AREAS = [0, 100, 295, 295, 795, 795, 885];

describe('a curve of stages', () => {
  test('has their level, which at a joint is that of the later stage', () => {
    const curve = new LevelCurve(STAGES);
    assert.equal(curve.duration, 28_000);
    const levels = [0, 4999, 5000, 6500, 7999.999, 8000, 11_999, 12_000, 17_000, 22_000, 25_000, 27_000].map((t) =>
      curve.levelAt(t),
    );
    [20, 20, 50, 65, 79.99999, 0, 0, 0, 50, 30, 15, 5].forEach((level, i) => {
      near(levels[i]!, level);
    });
  });

  test('says which stage holds, never one of no duration', () => {
    const curve = new LevelCurve(STAGES);
    const times = [-1, 0, 4999, 5000, 8000, 21_999, 22_000, 27_999, 28_000, 1e9];
    assert.deepEqual(
      times.map((t) => curve.stageAt(t)),
      [0, 0, 0, 1, 2, 3, 5, 5, 5, 5],
    );
  });

  test('has the area that its level adds up to', () => {
    const curve = new LevelCurve(STAGES);
    STARTS.forEach((t, i) => {
      near(curve.area(t), AREAS[i]!);
    });
    assert.equal(curve.total, 885);
    // Added up from the levels in the middle of every ms, which is exact for straight lines.
    let sum = 0;
    for (let t = 0; t < 28_000; t++) {
      near(curve.area(t), sum, 1e-8);
      sum += curve.levelAt(t + 0.5) / 1000;
    }
    near(curve.total, sum);
  });

  test('before its start and after its end has no more area, and the nearest level', () => {
    const curve = new LevelCurve([stage(10, 30, 2)]);
    assert.deepEqual([curve.levelAt(-5), curve.area(-5)], [10, 0]);
    assert.deepEqual([curve.levelAt(2000), curve.area(2000)], [30, 40]);
    assert.deepEqual([curve.levelAt(9000), curve.area(9000)], [30, 40]);
    const jump = new LevelCurve([stage(0, 5, 0), stage(5, 5, 1), stage(5, 9, 0)]);
    assert.deepEqual([jump.levelAt(-1), jump.levelAt(0), jump.levelAt(1000)], [5, 5, 9]);
  });

  test('without a stage is a fault of the plan', () => {
    assert.throws(() => new LevelCurve([]), PlanError);
  });
});

describe('the time of an area', () => {
  test('is its inverse', () => {
    const curve = new LevelCurve(STAGES);
    for (let area = 0; area < curve.total; area += 0.37) {
      const time = curve.timeOfArea(area);
      assert.ok(time >= 0 && time < curve.duration);
      near(curve.area(time), area);
    }
  });

  test('is what the formulas of a ramp say', () => {
    // From 0 to r in d seconds: area r·t²/(2d).
    const up = new LevelCurve([stage(0, 200, 30)]);
    for (const area of [0, 1, 2, 10, 1500, 2999]) near(up.timeOfArea(area), 1000 * Math.sqrt((area * 2 * 30) / 200));
    const down = new LevelCurve([stage(200, 0, 30)]);
    for (const area of [1, 2, 10, 1500, 3000]) {
      near(down.timeOfArea(3000 - area), 30_000 - 1000 * Math.sqrt((area * 2 * 30) / 200));
    }
  });

  test('stays exact on slopes that hardly are any, where the common formula cancels', () => {
    const rate = 1000;
    for (const rise of [1e-9, -1e-9, 1e-6, -1e-6]) {
      const curve = new LevelCurve([stage(rate, rate + rise, 3600)]);
      // (√(level² + 2·slope·area) − level) / slope is a second off here.
      for (const t of [0.001, 1, 1800, 3599]) {
        const time = curve.timeOfArea(rate * t + (rise * t * t) / (2 * 3600));
        assert.ok(Math.abs(time - t * 1000) < 1e-6, `${time}, not ${t * 1000}`);
      }
    }
  });

  test('stays exact at the foot of a long ramp down', () => {
    const curve = new LevelCurve([stage(10_000, 0, 3600)]);
    // The last arrival but k has k left under the curve: 10000·s²/(2·3600), s before the end.
    for (let k = 1; k < 1000; k++) {
      const expected = 3_600_000 - 1000 * Math.sqrt((2 * 3600 * k) / 10_000);
      const time = curve.timeOfArea(curve.total - k);
      assert.ok(Math.abs(time - expected) < 1e-8, `${time}, not ${expected}`);
    }
  });

  test('waits while the level is 0', () => {
    const curve = new LevelCurve([stage(0, 0, 2), stage(10, 10, 1), stage(0, 0, 3), stage(10, 10, 1), stage(0, 0, 9)]);
    assert.deepEqual(
      [0, 9, 10, 19].map((area) => Math.round(curve.timeOfArea(area))),
      [2000, 2900, 6000, 6900],
    );
  });

  test('does not come at the end or beyond', () => {
    const curve = new LevelCurve([stage(10, 10, 1)]);
    assert.equal(curve.timeOfArea(10), Number.POSITIVE_INFINITY);
    assert.equal(curve.timeOfArea(11), Number.POSITIVE_INFINITY);
    assert.ok(curve.timeOfArea(10 - 1e-9) < 1000);
    assert.equal(new LevelCurve([stage(0, 0, 5)]).timeOfArea(0), Number.POSITIVE_INFINITY);
  });

  test('is not moved over a whole number by rounding', () => {
    // In floating point 0.1 + 0.1 + 0.1 is above 0.3, and ten times 0.1 below 1.
    assert.equal(new LevelCurve(Array.from({ length: 3 }, () => stage(0.01, 0.01, 10))).total, 0.1 + 0.1 + 0.1);
    assert.equal(new LevelCurve(Array.from({ length: 10 }, () => stage(0.01, 0.01, 10))).total, 1);
    assert.equal(new LevelCurve(Array.from({ length: 30 }, () => stage(0.7, 0.7, 1))).total, 21);
  });
});

test('calls in any order are answered as in ascending order', () => {
  const kept = new LevelCurve(STAGES);
  const random = seededRandom(3);
  for (let i = 0; i < 2000; i++) {
    const t = random() * 30_000;
    const area = random() * 900;
    const fresh = new LevelCurve(STAGES);
    assert.equal(kept.levelAt(t), fresh.levelAt(t));
    assert.equal(kept.area(t), fresh.area(t));
    assert.equal(kept.stageAt(t), fresh.stageAt(t));
    assert.equal(kept.timeOfArea(area), fresh.timeOfArea(area));
  }
});
