import assert from 'node:assert/strict';
import test from 'node:test';
import { IterationTimes } from '../../src/load/measure/iteration-times.ts';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { resolvePlan } from '../../src/load/plan/resolve-plan.ts';
import { OUTCOMES, type Outcome, REQUEST_OFFSET, REQUEST_WIDTH, tableFromRows } from '../../src/runs/request-table.ts';
import { planOf, scenarioOf, stepTo } from '../support/plans.ts';

const load = steadyRate(10, 1000);
const scenarios = [scenarioOf(stepTo('/ask'), stepTo('/look'), stepTo('/again'))];
const plan = resolvePlan(planOf('http://127.0.0.1:1/', load, { scenarios }), load);

interface Made {
  readonly iteration: number;
  readonly step: number;
  readonly intended: number;
  readonly end: number;
  readonly outcome?: Outcome;
}

function timesOf(requests: readonly Made[]): IterationTimes {
  const rows = new Float64Array(requests.length * REQUEST_WIDTH).fill(Number.NaN);
  requests.forEach(({ iteration, step, intended, end, outcome = 'ok' }, index) => {
    const row = rows.subarray(index * REQUEST_WIDTH, (index + 1) * REQUEST_WIDTH);
    row[REQUEST_OFFSET.iteration] = iteration;
    row[REQUEST_OFFSET.step] = step;
    row[REQUEST_OFFSET.intended] = intended;
    row[REQUEST_OFFSET.end] = end;
    row[REQUEST_OFFSET.outcome] = OUTCOMES.indexOf(outcome);
  });
  const table = tableFromRows(rows);
  const times = new IterationTimes(plan);
  for (let row = 0; row < table.length; row++) times.add(table, row);
  return times;
}

test('an iteration is as long as all of its steps, in whatever order they are told', () => {
  const first = { iteration: 3, step: 0, intended: 100, end: 200 };
  const second = { iteration: 3, step: 1, intended: 200, end: 230 };
  const third = { iteration: 3, step: 2, intended: 300, end: 301 };
  for (const told of [
    [first, second, third],
    [second, third, first],
    [third, first, second],
  ]) {
    const times = timesOf(told);
    const found: number[][] = [];
    times.each((...values) => found.push(values));
    assert.deepEqual(found, [[0, 100, 301, 131]]);
    assert.deepEqual(times.counts(0), { started: 1, completed: 1, failed: 0, unfinished: 0 });
  }
});

test('an iteration that failed is counted once, also where a step before is told after', () => {
  const first = { iteration: 0, step: 0, intended: 0, end: 10 };
  const failed = { iteration: 0, step: 1, intended: 10, end: 20, outcome: 'status' } as const;
  for (const told of [
    [first, failed],
    [failed, first],
  ]) {
    const times = timesOf(told);
    times.each(() => assert.fail('None was completed.'));
    assert.deepEqual(times.counts(0), { started: 1, completed: 0, failed: 1, unfinished: 0 });
    assert.deepEqual(times.prevented, [0, 0, 1]);
  }
});
