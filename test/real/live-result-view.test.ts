import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { serialize } from 'node:v8';
import { steadyRate } from '../../src/load/plan/plan.ts';
import { LiveResultView } from '../../src/report/live-result-view.ts';
import type { ResultView } from '../../src/report/result-view.ts';
import { runResultView } from '../../src/report/run-result-view.ts';
import { RunnerClient } from '../../src/runner/client.ts';
import { openRun } from '../../src/runner/open-run.ts';
import { DIST } from '../support/dist.ts';
import { requestOf } from '../support/finished-run.ts';
import { startKnownServer } from '../support/known-server.ts';
import { planOf } from '../support/plans.ts';

let cwd = '';
before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-live-'));
});
after(() => rm(cwd, { recursive: true, force: true }));

const sum = (values: readonly (number | null)[]): number =>
  values.reduce<number>((all, value) => all + (value ?? 0), 0);

test('a run tells of itself once a second, and what it told comes to what it was', async () => {
  const server = await startKnownServer('delays');
  try {
    const plan = planOf(server.url, steadyRate(400, 5000, 'constant'), { warmup: 1000, generators: 2 });
    const live: { view: LiveResultView | null } = { view: null };
    const seen: { at: number; bytes: number; view: ResultView }[] = [];
    const client = new RunnerClient(DIST, requestOf(plan, cwd, { detail: true }), (event) => {
      if (event.type === 'folder') live.view = new LiveResultView(event.document);
      if (event.type !== 'update') return;
      live.view!.update(event.update);
      seen.push({ at: performance.now(), bytes: serialize(event.update).length, view: live.view!.view });
    });
    const { folder } = await client.result;
    assert.ok(seen.length >= 6 && seen.length <= 9, `${seen.length} updates`);
    for (const { view } of seen.slice(2, -1)) {
      const { overTime } = view;
      assert.equal(view.verdict, null);
      assert.match(view.progress!, /^(Warming up|Measuring) · \d of \d s$/);
      assert.ok(Math.abs(view.figures.rateGot - 400) < 60, `${view.figures.rateGot}`);
      assert.ok(Math.abs(view.figures.rateAsked! - 400) < 1);
      // No bucket is shown before it is full. What is under way: 10 ms of 400 a second, and eight a second that take 200 ms.
      assert.ok(Math.min(...overTime.got.slice(2)) > 0.5 * 0.4 * overTime.width, `${overTime.got}`);
      assert.ok(Math.max(...overTime.inFlight) <= 60 && sum(overTime.inFlight) > 0, `${overTime.inFlight}`);
    }
    const last = seen.at(-1)!.view;
    const whole = await runResultView(await openRun(folder));
    assert.equal(last.overTime.start, whole.overTime.start);
    assert.equal(last.overTime.width, whole.overTime.width);
    for (const name of ['got', 'failed', 'p50', 'p95', 'p99', 'counts', 'edges'] as const) {
      assert.deepEqual(last.overTime[name], whole.overTime[name], name);
    }
    assert.deepEqual(last.slowest, whole.slowest);
    assert.deepEqual([last.title, last.run, last.startedAt], [whole.title, whole.run, whole.startedAt]);
    assert.equal(last.figures.answered, whole.figures.answered);
    for (const name of ['p50', 'p95', 'p99'] as const) {
      const error = last.figures[name]! / whole.figures[name]! - 1;
      assert.ok(Math.abs(error) < 0.0097, `${name} is off by ${error}`);
    }
    assert.equal(last.figures.max, whole.figures.max);
    // What has been told is not told again: an update is not larger near the end.
    const [early, late] = [seen[2]!.bytes, seen.at(-2)!.bytes];
    assert.ok(late < 30_000 && late < 1.5 * early + 4000, `${early} and ${late} bytes`);
  } finally {
    await server.stop();
  }
});

test('who does not ask for it is told nothing of it', async () => {
  const server = await startKnownServer('delays');
  try {
    const types = new Set<string>();
    const plan = planOf(server.url, steadyRate(50, 2000));
    await new RunnerClient(DIST, requestOf(plan, cwd), ({ type }) => types.add(type)).result;
    assert.ok(types.has('live') && !types.has('update'));
  } finally {
    await server.stop();
  }
});
