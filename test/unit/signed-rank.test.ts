import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lookLevels } from '../../src/find/look-levels.ts';
import { normalAbove, normalTail } from '../../src/find/normal.ts';
import { differenceBounds, middleDifference } from '../../src/find/signed-rank.ts';
import { normals } from '../../src/load/arrivals/gaps.ts';
import { seededRandom } from '../../src/load/arrivals/random.ts';

describe('the middle of paired differences', () => {
  // Hollander and Wolfe's example 3.1, Hamilton depression scores before and after; their interval at 96.1 % and their estimate.
  const DEPRESSION = [-0.952, 0.147, -1.022, -0.43, -0.62, -0.59, -0.49, 0.08, -0.01];

  test('is the one of the textbook, with its interval', () => {
    assert.ok(Math.abs(middleDifference(DEPRESSION)! - -0.46) < 1e-9, `${middleDifference(DEPRESSION)}`);
    assert.deepEqual(
      differenceBounds(DEPRESSION, 0.039 / 2 + 1e-4).map((value) => Math.round(value * 1000) / 1000),
      [-0.786, -0.01],
    );
  });

  test('is open to both sides where too few say anything', () => {
    assert.deepEqual(differenceBounds([1, 2, 3], 0.025), [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
    assert.deepEqual(differenceBounds([3, 1, 2], 0.125), [1, 3]);
    assert.equal(middleDifference([]), null);
  });

  test('lies outside of its bounds as seldom as they promise, however skewed what is compared is', () => {
    const random = seededRandom(11);
    const normal = normals(random);
    let outside = 0;
    const times = 4000;
    for (let i = 0; i < times; i++) {
      // Both sides of a pair are log-normal: the difference of two such is even to both sides.
      const differences = Array.from({ length: 12 }, () => Math.exp(normal()) - Math.exp(normal()) + 0.3);
      const [low, high] = differenceBounds(differences, 0.025);
      if (low > 0.3 || high < 0.3) outside++;
    }
    assert.ok(outside / times > 0.03 && outside / times < 0.055, `${outside} of ${times}`);
  });
});

describe('how sure one has to be at a look', () => {
  test('is by the normal distribution', () => {
    assert.ok(Math.abs(normalTail(1.959963985) - 0.025) < 1e-9);
    assert.ok(Math.abs(normalTail(-1) - 0.8413447461) < 1e-9);
    assert.ok(Math.abs(normalAbove(0.001) - 3.0902323062) < 1e-6);
  });

  test('is as the tables have it', () => {
    const zs = (fractions: number[]): number[] =>
      lookLevels(fractions, 0.025).map((level) => Math.round(normalAbove(level) * 100) / 100);
    // ldbounds of R, spending function 1 (Lan and DeMets' O'Brien–Fleming), two-sided 0.05.
    assert.deepEqual(zs([1]), [1.96]);
    assert.deepEqual(zs([0.5, 1]), [2.96, 1.97]);
    assert.deepEqual(zs([0.5, 0.75, 1]), [2.96, 2.36, 2.01]);
  });

  test('errs as seldom as promised over all looks', () => {
    const random = seededRandom(5);
    const normal = normals(random);
    const bounds = lookLevels([0.5, 0.75, 1], 0.025).map(normalAbove);
    const times = 100_000;
    let crossed = 0;
    for (let i = 0; i < times; i++) {
      let sum = 0;
      const at = [0.5, 0.75, 1].map((fraction, look, all) => {
        sum += normal() * Math.sqrt(fraction - (all[look - 1] ?? 0));
        return sum / Math.sqrt(fraction);
      });
      if (at.some((z, look) => z >= bounds[look]!)) crossed++;
    }
    assert.ok(Math.abs(crossed / times - 0.025) < 0.0015, `${crossed} of ${times}`);
  });
});
