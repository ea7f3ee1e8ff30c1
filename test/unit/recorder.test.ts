import assert from 'node:assert/strict';
import test from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { HistogramLogReader } from 'hdr-histogram-js';
import { Recorder } from '../../src/load/measure/recorder.ts';
import type { Load } from '../../src/load/model/load-model.ts';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { resolvePlan } from '../../src/load/plan/resolve-plan.ts';
import { PHASES, type Phase, REQUEST_OFFSET, REQUEST_WIDTH } from '../../src/runs/request-table.ts';
import { planOf } from '../support/plans.ts';
import { until } from '../support/until.ts';

const SECONDS = 1000;
const load = steadyRate(1, SECONDS * 1000);
const plan = resolvePlan(planOf('http://127.0.0.1:1/', load), load);

/** An answer that took a second and ended half a second into the one given. */
function answeredIn(second: number, phase: Phase = 'measured'): Float64Array {
  const row = new Float64Array(REQUEST_WIDTH).fill(Number.NaN);
  row[REQUEST_OFFSET.phase] = PHASES.indexOf(phase);
  row[REQUEST_OFFSET.outcome] = 0;
  row[REQUEST_OFFSET.intended] = second * 1000 - 500;
  row[REQUEST_OFFSET.end] = second * 1000 + 500;
  return row;
}

test('the log has every second of the measured phase, and what came of one long after it', () => {
  const recorder = new Recorder(plan, 1_700_000_000_000);
  recorder.enter('measured', 10_000);
  recorder.add(answeredIn(5, 'warmup'), null, 0, 1);
  for (let second = 10; second < 200; second++) recorder.add(answeredIn(second), null, 0, 1);
  recorder.add(answeredIn(12), null, 0, 1);
  recorder.add(answeredIn(199), null, 0, 1);
  assert.equal(recorder.snapshot(200_000).rates.length, 60);
  assert.ok(recorder.snapshot(200_000).rates.every((rate, i) => rate === (i === 59 ? 2 : 1)));
  const reader = new HistogramLogReader(recorder.takeLog());
  const counts = new Map<number, number>();
  for (let histogram = reader.nextIntervalHistogram(); histogram; histogram = reader.nextIntervalHistogram()) {
    const second = (histogram.startTimeStampMsec - 1_700_000_000_000) / 1000;
    counts.set(second, (counts.get(second) ?? 0) + histogram.totalCount);
  }
  const expected = Array.from({ length: 190 }, (_, i): [number, number] => [i + 10, i === 2 || i === 189 ? 2 : 1]);
  assert.deepEqual(
    [...counts].sort(([a], [b]) => a - b),
    expected,
  );
});

test('a long run does not keep the histograms of all of its seconds', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const recorder = new Recorder(plan, 0);
  recorder.enter('measured', 0);
  collect();
  const before = process.memoryUsage().arrayBuffers;
  for (let second = 0; second < SECONDS; second++) recorder.add(answeredIn(second), null, 0, 1);
  // Each takes some tens of kilobytes. Buffers that nothing holds any longer are let go by another thread, a while after.
  await until('the memory of all but the last seconds to be free', 5000, () => {
    collect();
    return process.memoryUsage().arrayBuffers - before < 10_000_000 ? true : null;
  });
  assert.equal(recorder.snapshot(SECONDS * 1000).completed, SECONDS);
});

test('a replay is asked for nothing outside of the phases that have its arrivals', () => {
  const replay: Load = { model: 'replay', times: [0, 100, 200, 300] };
  const recorder = new Recorder(resolvePlan(planOf('http://127.0.0.1:1/', replay), replay), 0);
  recorder.enter('measured', 0);
  assert.equal(recorder.snapshot(100).asked, 10);
  recorder.enter('transition', 400);
  assert.equal(recorder.snapshot(500).asked, 0);
});
