import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compareRuns } from '../../src/find/comparison.ts';
import { middleShift, shiftBounds } from '../../src/find/rank-sum.ts';
import { normals } from '../../src/load/arrivals/gaps.ts';
import { seededRandom } from '../../src/load/arrivals/random.ts';
import { comparisonDocument } from '../../src/report/comparison-document.ts';
import { comparisonText } from '../../src/report/comparison-text.ts';
import { intervalAxis, intervalBar, intervalScale } from '../../src/report/interval-bar.ts';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { documentOf, latencyOf } from '../support/stored-run.ts';

function runsOf(p50s: readonly number[], name: string): RunDocument[] {
  return p50s.map((p50, at) => documentOf({ run: `${name}${at}`, latency: latencyOf(p50, p50 * 4) }));
}

describe('the shift between two samples', () => {
  // Hollander and Wolfe's example 4.1: water through amnions at term and at 12 to 26 weeks; R's wilcox.test has 0.305 and these bounds.
  const TERM = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
  const EARLY = [1.15, 0.88, 0.9, 0.74, 1.21];

  test('is the one of the textbook, with its interval', () => {
    assert.ok(Math.abs(middleShift(EARLY, TERM)! - 0.305) < 1e-9, `${middleShift(EARLY, TERM)}`);
    assert.deepEqual(
      shiftBounds(EARLY, TERM, 0.0201).map((value) => Math.round(value * 100) / 100),
      [-0.15, 0.76],
    );
  });

  test('is open where fewer than four of each say nothing', () => {
    assert.deepEqual(shiftBounds([1, 2, 3], [4, 5, 6], 0.025), [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
    assert.deepEqual(shiftBounds([1, 2, 3, 4], [11, 12, 13, 14], 0.025), [7, 13]);
  });

  test('lies outside of its bounds as seldom as they promise', () => {
    const normal = normals(seededRandom(9));
    const times = 4000;
    let outside = 0;
    for (let i = 0; i < times; i++) {
      const sample = (shift: number): number[] => Array.from({ length: 5 }, () => Math.exp(normal()) + shift);
      const [low, high] = shiftBounds(sample(0), sample(0.5), 0.025);
      if (low > 0.5 || high < 0.5) outside++;
    }
    // Of five and five the nearest that ranks can come to 5 % is 3.2 %.
    assert.ok(outside / times > 0.022 && outside / times < 0.042, `${outside} of ${times}`);
  });
});

describe('an interval is drawn', () => {
  test('from minus to plus of one scale, with 0 in the middle and the change as a point', () => {
    assert.equal(intervalBar({ change: 0.1, interval: [0.05, 0.15] }, 0.2), '       │ ├─●┤  ');
    assert.equal(intervalBar({ change: 0, interval: [-0.05, 0.05] }, 0.2), '     ├─●─┤     ');
    assert.equal(intervalBar({ change: -0.15, interval: [-0.3, 0.1] }, 0.2), '◂─●────┼───┤   ');
    assert.equal(intervalBar({ change: 0.4, interval: [0.1, null] }, 0.2), '       │   ├──▸');
  });

  test('that lies beyond the scale is an arrow to where it is', () => {
    assert.equal(intervalBar({ change: -0.5, interval: [-0.6, -0.4] }, 0.2), '◂      │       ');
    assert.equal(intervalBar({ change: 0.5, interval: [0.4, 0.6] }, 0.2), '       │      ▸');
  });

  test('on a scale that most of them are within', () => {
    const drawn = [0.01, 0.02, 0.03, 0.04, 2].map((change) => ({ change, interval: [0, change] as const }));
    assert.equal(intervalScale(drawn), 0.05);
    assert.equal(intervalAxis(0.05), '−5 %       +5 %');
    assert.equal(intervalScale([]), 0.02);
  });
});

describe('runs of two builds', () => {
  const before = runsOf([10, 11, 9, 10.5, 9.5], 'a');
  const now = runsOf([12, 13.2, 10.8, 12.6, 11.4], 'b');

  test('are compared by every figure, with what is surely another one', () => {
    const figures = compareRuns(before, now);
    const of = (name: string) => figures.find(({ figure }) => figure === name)!;
    assert.deepEqual([of('latency p50').first, of('latency p50').second], [10, 12]);
    assert.ok(Math.abs(of('latency p50').change! - 0.2) < 1e-9, `${of('latency p50').change}`);
    const [low, high] = of('latency p50').interval!;
    assert.ok(low > 0 && low < 0.1 && high > 0.25 && high < 0.4, `${low} to ${high}`);
    assert.deepEqual(of('rate').change, 0);
    assert.deepEqual([of('failures').change, of('failures').interval], [0, [0, 0]]);
    assert.equal(
      figures.some(({ figure }) => figure.startsWith('TTFT')),
      false,
    );
  });

  test('of one or a few each: how much is chance is unknown, and said so', () => {
    const document = comparisonDocument(before.slice(0, 3), now.slice(0, 2), null);
    assert.ok(document.figures.every(({ interval }) => interval === null));
    assert.match(comparisonText(document, '/srv', false), /latency p50 +10 ms +13 ms +\+2\d % +unknown/);
    assert.match(comparisonText(document, '/srv', false), /takes more runs to tell, such as four of each/);
  });

  test('whose surroundings differ are told apart, and so are runs of one side', () => {
    const moved = { ...now[1]!, environment: { ...now[1]!.environment, cpus: 64 } };
    const { differences, mixed } = comparisonDocument(before, [now[0]!, moved, now[2]!], null);
    assert.deepEqual(differences, []);
    assert.deepEqual(mixed, [{ side: 'second', path: 'surroundings.environment.cpus' }]);
    const other = comparisonDocument(before, [moved], null);
    assert.deepEqual(
      other.differences.map(({ path }) => path),
      ['surroundings.environment.cpus'],
    );
  });
});
