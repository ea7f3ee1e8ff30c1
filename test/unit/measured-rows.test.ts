import assert from 'node:assert/strict';
import test from 'node:test';
import { seededRandom } from '../../src/load/arrivals/random.ts';
import { MeasuredRows } from '../../src/load/measure/measured-rows.ts';
import type { ValueMetric } from '../../src/load/measure/metric.ts';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { resolvePlan } from '../../src/load/plan/resolve-plan.ts';
import { OUTCOMES, PHASES, REQUEST_OFFSET, REQUEST_WIDTH, tableFromRows } from '../../src/runs/request-table.ts';
import { planOf } from '../support/plans.ts';

const load = steadyRate(100, 40_000);
const objectives = ['latency', 'service', 'first_byte', 'bytes', 'ttft'].map((metric) => ({
  objective: `${metric}: max<1`,
  window: null,
  abort: false,
  after: 0,
}));
const plan = resolvePlan({ ...planOf('http://127.0.0.1:1/predict', load), objectives }, load);

test('a stretch has the same requests whether it was asked for all along or once in the end', () => {
  const random = seededRandom(3);
  const count = 2000;
  const rows = new Float64Array(count * REQUEST_WIDTH).fill(Number.NaN);
  for (let i = 0; i < count; i++) {
    const row = rows.subarray(i * REQUEST_WIDTH, (i + 1) * REQUEST_WIDTH);
    row[REQUEST_OFFSET.phase] = PHASES.indexOf('measured');
    row[REQUEST_OFFSET.outcome] = 0;
    row[REQUEST_OFFSET.step] = 0;
    row[REQUEST_OFFSET.iteration] = i;
    row[REQUEST_OFFSET.intended] = i * 10;
    // Some end long after others that were due later.
    row[REQUEST_OFFSET.end] = i * 10 + (random() < 0.1 ? 3000 * random() : 5);
  }
  const table = tableFromRows(rows);
  const selector = {};
  const span = { start: 0, end: 40_000 };
  const [asked, once] = [new MeasuredRows(plan, 0), new MeasuredRows(plan, 0)];
  const stretch = (of: MeasuredRows, from: number): number[] => [
    ...of.dataOf(from, from + 1000, span).values('latency', selector),
  ];
  for (let i = 0; i < count; i++) {
    asked.add(table, i);
    once.add(table, i);
    if (i % 100 === 99) asked.dataOf(Math.max(0, i * 10 - 1000), i * 10, span).values('latency', selector);
  }
  for (let from = 0; from < 21_000; from += 500) {
    const found = stretch(once, from);
    assert.deepEqual(stretch(asked, from), found);
    const expected = [...table.end.keys()].filter((row) => table.end[row]! >= from && table.end[row]! < from + 1000);
    assert.equal(found.length, expected.length);
  }
});

test('what the end of the run cut off is told by how long it had waited', () => {
  const rows = new Float64Array(REQUEST_WIDTH).fill(Number.NaN);
  rows[REQUEST_OFFSET.phase] = PHASES.indexOf('measured');
  rows[REQUEST_OFFSET.outcome] = OUTCOMES.indexOf('interrupted');
  rows[REQUEST_OFFSET.step] = 0;
  rows[REQUEST_OFFSET.intended] = 1000;
  rows[REQUEST_OFFSET.acquired] = 1200;
  rows[REQUEST_OFFSET.end] = 41_000;
  const measured = new MeasuredRows(plan, 0);
  measured.addMeasured(tableFromRows(rows));
  const data = measured.dataOf(0, 40_000, { start: 0, end: 40_000 });
  const waited = (metric: ValueMetric): number[] => [...data.waited(metric, {})];
  assert.deepEqual([waited('latency'), waited('service'), waited('first_byte')], [[40_000], [39_800], [40_000]]);
  assert.deepEqual([waited('bytes'), waited('gap'), waited('ttft')], [[], [], []]);
});
