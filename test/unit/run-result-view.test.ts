import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { steadyUsers } from '../../src/load/model/closed-load.ts';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { plainPlan } from '../../src/load/plan/plain-plan.ts';
import { resolvePlan } from '../../src/load/plan/resolve-plan.ts';
import { runResultView } from '../../src/report/run-result-view.ts';
import { openRun } from '../../src/runner/opened/open-run.ts';
import { writeRunDocument } from '../../src/runs/run-folder.ts';
import { GPU_SERIES } from '../../src/telemetry/gpu-series.ts';
import { TELEMETRY_FILE, writeTelemetry } from '../../src/telemetry/telemetry-parquet.ts';
import { begunDocument } from '../support/begun-document.ts';
import { planOf } from '../support/plans.ts';

let folder = '';
before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'tailflame-view-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const load = steadyUsers(2, 10_000);
const plan = resolvePlan(planOf('http://127.0.0.1:8000/users/${user}/', load), load);

test('a run that ended before its first request has a view in which everything is unknown', async () => {
  await writeRunDocument(folder, begunDocument(plan));
  const view = await runResultView(await openRun(folder));
  assert.deepEqual(view.overTime, {
    start: 0,
    width: 100,
    asked: [],
    got: [],
    failed: [],
    inFlight: [],
    p50: [],
    p95: [],
    p99: [],
    edges: [],
    counts: [],
  });
  assert.deepEqual([view.distribution, view.slowest, view.telemetry, view.split], [[], [], [], null]);
  assert.deepEqual([view.figures.answered, view.figures.p50, view.figures.rateAsked], [0, null, null]);
  assert.equal(view.verdict!.status, 'inconclusive');
});

test('it is called by its name, else by what it sends first', async () => {
  const titleOf = async (of: typeof plan): Promise<string> => {
    await writeRunDocument(folder, begunDocument(of));
    return (await runResultView(await openRun(folder))).title;
  };
  assert.equal(await titleOf({ ...plan, name: 'checkout' }), 'checkout');
  const posted = { ...plainPlan({ url: 'http://127.0.0.1:8000/', method: 'POST', headers: {}, body: '{}' }), load };
  assert.equal(await titleOf(resolvePlan(posted, steadyRate(1, 1))), 'POST 127.0.0.1:8000');
  const [step] = plan.scenarios[0]!.steps;
  const templated = { ...step!, url: '/users/${user}/' };
  const scenarios = [{ ...plan.scenarios[0]!, steps: [templated] }];
  assert.equal(await titleOf({ ...plan, scenarios }), 'GET 127.0.0.1:8000/users/${user}/');
});

test('telemetry is as it was told, and where there is too much of it the mean', async () => {
  const short = Float64Array.of(0, 100, 200);
  const long = Float64Array.from({ length: 6001 }, (_, i) => i * 10);
  const told = (name: string, gpu: string, unit: string, time: Float64Array, values: Float64Array) => ({
    name,
    labels: { gpu, model: 'GPU' },
    unit,
    time,
    values,
  });
  const { utilisation, memory, power: watts } = GPU_SERIES;
  // Half of the time at 0.2 and 0.6 in turn, then for a while nothing, then 1.
  const uneven = long.map((time, i) => (time < 30_000 ? [0.2, 0.6][i % 2]! : time < 45_000 ? Number.NaN : 1));
  await writeTelemetry(path.join(folder, TELEMETRY_FILE), [
    told(utilisation, '0', '', short, Float64Array.of(0.25, Number.NaN, 1)),
    told(memory, '0', 'MiB', short, short),
    told(watts, '0', 'W', short, Float64Array.of(Number.NaN, Number.NaN, Number.NaN)),
    told(utilisation, '1', '', long, uneven),
    told(
      memory,
      '1',
      'MiB',
      long,
      long.map(() => Number.NaN),
    ),
    told(
      watts,
      '1',
      'W',
      long,
      long.map((time) => time / 100),
    ),
  ]);
  await writeRunDocument(folder, begunDocument(plan));
  const { telemetry } = await runResultView(await openRun(folder));
  assert.deepEqual(
    telemetry.map(({ name, unit }) => [name, unit]),
    [
      ['GPU 0 utilisation', '%'],
      ['GPU 0 memory', 'MiB'],
      ['GPU 1 utilisation', '%'],
      ['GPU 1 power', 'W'],
    ],
  );
  assert.deepEqual(telemetry[0], { name: 'GPU 0 utilisation', unit: '%', at: [0, 100, 200], values: [25, null, 100] });
  const [, , thinned, power] = telemetry;
  assert.equal(thinned!.values.length, 600);
  thinned!.at.forEach((at, i) => {
    const value = thinned!.values[i]!;
    if (at < 29_900) assert.ok(Math.abs(value - 40) < 1e-9, `${value} at ${at}`);
    else if (at > 30_100 && at < 44_900) assert.equal(value, null);
    else if (at > 45_100) assert.ok(Math.abs(value - 100) < 1e-9);
    assert.ok(Math.abs(power!.values[i]! - at / 100) < 1, 'where it was told');
  });
});
