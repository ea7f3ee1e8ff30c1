import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { steadyRate } from '../../src/load/model/open-load.ts';
import type { ResultView } from '../../src/report/result-view.ts';
import { runResultView } from '../../src/report/run-result-view.ts';
import { openRun } from '../../src/runner/opened/open-run.ts';
import { outcomeAt, phaseAt } from '../../src/runs/request-table.ts';
import { TARGET_SERIES } from '../../src/telemetry/target-series.ts';
import { answering, listen } from '../support/answering-server.ts';
import { type FinishedRun, runPlan } from '../support/finished-run.ts';
import { startKnownServer } from '../support/known-server.ts';
import { planOf, scenarioOf, stepTo } from '../support/plans.ts';

let cwd = '';
before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-view-'));
});
after(() => rm(cwd, { recursive: true, force: true }));

const sum = (values: readonly (number | null)[]): number =>
  values.reduce<number>((all, value) => all + (value ?? 0), 0);

/** What holds of every run's view: it says what `run.json` and the rows say. */
async function checkedView(finished: FinishedRun): Promise<ResultView> {
  const { document, requests } = finished;
  const view = await runResultView(await openRun(finished.folder));
  const { load, latency } = document;
  assert.deepEqual(view.figures, {
    answered: load.completed,
    failed: load.failed,
    dropped: load.dropped,
    rateAsked: load.rate.asked,
    rateGot: load.rate.got,
    p50: latency.p50,
    p90: latency.p90,
    p95: latency.p95,
    p99: latency.p99,
    p999: latency.p999,
    max: latency.max,
  });
  for (const [quantile, value] of [
    [0.5, latency.p50],
    [0.9, latency.p90],
    [0.95, latency.p95],
    [0.99, latency.p99],
    [0.999, latency.p999],
  ]) {
    const point = view.distribution.find((candidate) => candidate.quantile === quantile);
    assert.equal(point?.latency ?? null, value, `quantile ${quantile}`);
  }
  const rows = [...requests.phase.keys()];
  const { overTime } = view;
  const outcomes = rows.map((row) => outcomeAt(requests, row));
  const isFailure = (outcome: string): boolean => !['ok', 'dropped', 'interrupted'].includes(outcome);
  assert.equal(sum(overTime.got), outcomes.filter((outcome) => outcome === 'ok').length);
  assert.equal(sum(overTime.counts.map(sum)), sum(overTime.got));
  assert.equal(sum(overTime.failed), outcomes.filter(isFailure).length);
  assert.equal(overTime.inFlight.at(-1), 0);
  overTime.inFlight.forEach((inFlight, i) => {
    const bucketOf = (time: number): number => Math.floor((time - overTime.start) / overTime.width);
    const underWay = rows.filter((row) => bucketOf(requests.intended[row]!) <= i && bucketOf(requests.end[row]!) > i);
    assert.equal(inFlight, underWay.length, `in flight at the end of bucket ${i}`);
  });
  const measured = rows.filter((row) => outcomes[row] === 'ok' && phaseAt(requests, row) === 'measured');
  const slowest = measured.map((row) => requests.end[row]! - requests.intended[row]!).sort((a, b) => b - a);
  assert.deepEqual(
    view.slowest.map(({ end }) => end),
    slowest.slice(0, 50),
  );
  assert.deepEqual(view.phases, document.phases);
  assert.equal(view.verdict?.sentence, document.verdict.sentence);
  assert.ok(JSON.stringify(view).length < 300_000);
  return view;
}

test("a run's view has the figures of its document, and its known delays in every stretch of time", async () => {
  const server = await startKnownServer('delays');
  try {
    const plan = planOf(server.url, steadyRate(400, 4000, 'constant'), {
      warmup: 1000,
      objectives: [{ objective: 'p(50)<100', window: null, abort: false, after: 0 }],
    });
    const view = await checkedView(await runPlan(plan, cwd));
    const { overTime } = view;
    assert.equal(Math.round(sum(overTime.asked)), 2000);
    overTime.p50.forEach((p50, i) => {
      if (p50 !== null) assert.ok(p50 > 9.5 && p50 < 40, `p50 of bucket ${i}: ${p50}`);
    });
    assert.ok(overTime.p50.filter((p50) => p50 !== null).length >= 24);
    // Every 50th of 400 a second takes 200 ms: eight a second of the measured four.
    const slow = view.slowest.filter(({ end }) => end >= 199);
    assert.ok(slow.length >= 31 && slow.length <= 33, `${slow.length} slow requests`);
    for (const { status, sent, firstByte, end, step } of slow) {
      assert.deepEqual([status, step], [200, 'request']);
      assert.ok(sent! >= 0 && firstByte! > sent! + 190 && end >= firstByte!);
    }
    assert.equal(view.title, `GET ${new URL(server.url).host}`);
    assert.match(view.objectives[0]!.sentence, /^It was 1\d(\.\d)? ms\.$/);
    assert.equal(view.objectives[0]!.ok, true);
    assert.deepEqual([view.steps, view.findings, view.profiled], [[], [], false]);
    const ofTarget: readonly string[] = Object.values(TARGET_SERIES);
    assert.ok(view.telemetry.length > 5 && view.telemetry.every(({ name }) => ofTarget.includes(name)));
  } finally {
    await server.stop();
  }
});

test('steps that fail are counted where they failed, and those they kept from being sent', async () => {
  let asked = 0;
  const server = http.createServer(
    answering(({ url }) => ({ status: url === '/second' && ++asked % 4 === 0 ? 500 : 200 })),
  );
  const { port, stop } = await listen(server);
  try {
    const origin = `http://127.0.0.1:${port}`;
    const steps = ['first', 'second', 'third'].map((name) => stepTo(`${origin}/${name}`, { name }));
    const plan = planOf(origin, steadyRate(100, 2000), { scenarios: [scenarioOf(...steps)] });
    const finished = await runPlan(plan, cwd);
    const view = await checkedView(finished);
    assert.deepEqual(
      view.steps.map(({ name, answered, failed, skipped, p50 }) => ({ name, answered, failed, skipped, p50 })),
      finished.document.steps!.map(({ step, load, prevented, latency }) => ({
        name: step,
        answered: load.completed,
        failed: load.failed,
        skipped: prevented,
        p50: latency.p50,
      })),
    );
    assert.ok(view.steps[1]!.failed > 20);
    assert.equal(view.steps[2]!.skipped, view.steps[1]!.failed);
    assert.deepEqual(view.errors, finished.document.errors);
  } finally {
    stop();
  }
});
