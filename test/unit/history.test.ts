import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { changePoints } from '../../src/find/change-points.ts';
import { historyOf } from '../../src/find/history.ts';
import { normals } from '../../src/load/arrivals/gaps.ts';
import { seededRandom } from '../../src/load/arrivals/random.ts';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { plainPlan } from '../../src/load/plan/plain-plan.ts';
import type { ResolvedPlan } from '../../src/load/plan/plan.ts';
import { resolvePlan } from '../../src/load/plan/resolve-plan.ts';
import { historyText } from '../../src/report/history-text.ts';
import type { RunDocument } from '../../src/runs/run-document.ts';
import { documentOf, latencyOf } from '../support/stored-run.ts';

/** Values around levels, so many of each. */
function series(seed: number, ...levels: readonly (readonly [level: number, count: number])[]): number[] {
  const normal = normals(seededRandom(seed));
  return levels.flatMap(([level, count]) => Array.from({ length: count }, () => level + normal()));
}

describe('a change of level', () => {
  test('is seldom found where values only vary', () => {
    let found = 0;
    for (let seed = 1; seed <= 200; seed++) found += changePoints(series(seed, [0, 25])).length > 0 ? 1 : 0;
    // 2 % of them; 10 of 200 come up once in 170 tests.
    assert.ok(found <= 9, `${found} of 200`);
  });

  test('is found where it is, when it is three times what values vary', () => {
    let near = 0;
    for (let seed = 1; seed <= 50; seed++) {
      const [at, ...others] = changePoints(series(seed, [0, 12], [3, 10]));
      if (others.length === 0 && at !== undefined && Math.abs(at - 12) <= 1) near++;
    }
    assert.ok(near >= 44, `${near} of 50`);
  });

  test('is told apart from another one', () => {
    assert.deepEqual(changePoints(series(3, [0, 15], [8, 15], [-8, 15])), [15, 30]);
  });

  test('takes ten values', () => {
    const step = (before: number, after: number): number[] => [
      ...Array.from({ length: before }, (_, at) => 1 + at / 100),
      ...Array.from({ length: after }, (_, at) => 9 + at / 100),
    ];
    assert.deepEqual(changePoints(step(5, 5)), [5]);
    assert.deepEqual(changePoints(step(4, 5)), []);
    assert.deepEqual(changePoints([]), []);
  });
});

describe('the history of a target', () => {
  const levels = [...series(5, [100, 10], [130, 10])];
  const runs = levels.map((p50, at): RunDocument => {
    const startedAt = `2026-11-${String(at + 1).padStart(2, '0')}T10:00:00.000Z`;
    return documentOf({ run: `run-${at}`, startedAt, latency: latencyOf(p50, 400) });
  });

  test('is of runs that are alike, in the order of time, with what changed and from which run on', () => {
    const other = { ...runs[4]!, environment: { ...runs[4]!.environment, cpus: 64 } };
    const open: RunDocument = { ...runs[5]!, state: 'interrupted' };
    const document = historyOf([...runs.toReversed(), other, open], 'POST /predict');
    assert.deepEqual([document.runs.length, document.runs[0]!.run, document.leftOut], [20, 'run-0', 2]);
    const p50 = document.figures.find(({ figure }) => figure === 'latency p50')!;
    assert.deepEqual(p50.values, levels);
    assert.deepEqual(
      p50.changes.map(({ at, change }) => [at, Math.round(change! * 10) / 10]),
      [[10, 0.3]],
    );
    assert.deepEqual(document.figures.find(({ figure }) => figure === 'latency p99')!.changes, []);
    const text = historyText(document, false);
    assert.match(text, /POST \/predict: 20 runs alike, 2026-11-01 to 2026-11-20/);
    assert.match(text, /2 others are left out/);
    assert.match(text, /latency p50 +[▁▂]{10}[▆▇█]{10} +9\d ms +13\d ms +1[23]\d ms/);
    assert.match(text, /▲ latency p50 1\d\d ms → 1\d\d ms \(\+3\d(\.\d)? %\) from 2026-11-11 10:00 UTC on, run run-10/);
  });

  const url = 'http://127.0.0.1:8000/predict';
  const alike = (...plans: readonly ResolvedPlan[]): number =>
    historyOf(
      plans.map((plan, at) => documentOf({ run: `run-${at}`, plan })),
      'POST /predict',
    ).runs.length;

  test('has the runs of older versions, which removed secrets otherwise', () => {
    const sent = (cookie: string, body: string): ResolvedPlan =>
      resolvePlan(plainPlan({ url, method: 'POST', headers: { cookie }, body }), steadyRate(60, 10_000));
    const now = sent('session=<removed>;theme=${theme}', '{"password": "<removed>", "n": 1}');
    assert.equal(alike(sent('<removed>', '{"password":"<removed>","n":1}'), now), 2);
    assert.equal(alike(sent('<removed>', 'password=hunter2&n=1'), sent('<removed>', 'password=<removed>&n=1')), 2);
    assert.equal(alike(sent('<removed>', '{"n": 2}'), now), 1);
  });

  test('has the runs of a recording of which older versions kept what the run did not come to', () => {
    const replayed = (...times: readonly number[]): ResolvedPlan =>
      resolvePlan(
        { ...plainPlan({ url, method: 'POST', headers: {}, body: '{}' }), duration: 1000 },
        { model: 'replay', times },
      );
    assert.equal(alike(replayed(0, 20, 1000, 4000), replayed(0, 20)), 2);
    assert.equal(alike(replayed(0, 10), replayed(0, 20)), 1);
  });

  test('says how many runs a change takes', () => {
    assert.match(historyText(historyOf(runs.slice(0, 3), 'POST /predict'), false), /takes at least 10 runs/);
    assert.match(historyText(historyOf([], 'POST /predict'), false), /No run of POST \/predict can be shown/);
  });
});
