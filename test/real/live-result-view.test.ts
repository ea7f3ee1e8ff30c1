import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { after, before } from 'node:test';
import { serialize } from 'node:v8';
import { steadyRate } from '../../src/load/model/open-load.ts';
import { LiveResultView } from '../../src/report/live-result-view.ts';
import type { ResultView, TelemetrySeries } from '../../src/report/result-view.ts';
import { runResultView } from '../../src/report/run-result-view.ts';
import { RunnerClient } from '../../src/runner/client.ts';
import { openRun } from '../../src/runner/opened/open-run.ts';
import { TARGET_SERIES } from '../../src/telemetry/target-series.ts';
import { DIST } from '../support/dist.ts';
import { makeNvidiaSmi } from '../support/fake-nvidia-smi.ts';
import { requestOf } from '../support/finished-run.ts';
import { startKnownServer } from '../support/known-server.ts';
import { planOf } from '../support/plans.ts';

let cwd = '';
before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-live-'));
});
after(() => rm(cwd, { recursive: true, force: true }));

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

test('a run tells of itself once a second, and what it told comes to what it was', async () => {
  const server = await startKnownServer('delays');
  try {
    const plan = planOf(server.url, steadyRate(400, 5000, 'constant'), { warmup: 1000, generators: 2 });
    const live: { view: LiveResultView | null } = { view: null };
    const seen: { at: number; bytes: number; view: ResultView }[] = [];
    const client = new RunnerClient(DIST, requestOf(plan, cwd, { detail: true }), (event) => {
      if (event.type === 'folder') live.view = new LiveResultView(event.document);
      if (event.type !== 'update') return;
      live.view!.update(event.update, event);
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
      // No bucket is shown before it is full.
      const full = 0.4 * overTime.width;
      assert.ok(overTime.got.at(-1)! > 0.25 * full && median(overTime.got) > 0.9 * full, `${overTime.got}`);
      // What is under way: 10 ms of 400 a second, and eight a second that take 200 ms. Where the machine halts it is more for a moment.
      const underWay = median(overTime.inFlight);
      assert.ok(underWay >= 1 && underWay <= 20, `${overTime.inFlight}`);
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

test('GPUs, sender and objectives are told while it runs, and come to what the finished run says of them', async () => {
  const server = await startKnownServer('delays');
  const before = process.env['PATH'];
  try {
    await makeNvidiaSmi(cwd, { gpus: 2 });
    process.env['PATH'] = `${cwd}${path.delimiter}${before}`;
    const objectives = ['p(50)<100', 'p(95)<5', 'p(99.9)<500', 'requests: count>1500', 'latency: max<190', 'rate<1%'];
    const plan = planOf(server.url, steadyRate(400, 5000, 'constant'), {
      warmup: 1000,
      generators: 2,
      objectives: objectives.map((objective) => ({ objective, abort: false, after: 0, window: null })),
    });
    const live: { view: LiveResultView | null } = { view: null };
    const seen: ResultView[] = [];
    const request = requestOf(plan, cwd, { detail: true, gpu: 'auto' });
    const client = new RunnerClient(DIST, request, (event) => {
      if (event.type === 'folder') live.view = new LiveResultView(event.document);
      if (event.type !== 'update') return;
      live.view!.update(event.update, event);
      seen.push(live.view!.view);
    });
    const { folder } = await client.result;
    const whole = await runResultView(await openRun(folder));
    const ofGpus = whole.telemetry.filter(({ name }) => name.startsWith('GPU'));
    assert.equal(ofGpus.length, 5, 'the second GPU does not tell its power');
    assert.ok(whole.telemetry.some(({ name }) => name === TARGET_SERIES.cpu));
    for (const view of seen.slice(1)) {
      assert.ok(view.telemetry.length > ofGpus.length);
      for (const told of view.telemetry) {
        const same = whole.telemetry.find(({ name }) => name === told.name);
        assert.deepEqual(told, same && beginning(same, told.at.length));
      }
    }
    // A reading every 200 ms, told at the latest a second later.
    const last = seen.at(-1)!;
    const busy = last.telemetry.find(({ name }) => name === 'GPU 0 utilisation');
    const end = last.phases.at(-1)!.end;
    assert.ok(
      busy!.at.length >= 20 && busy!.at.at(-1)! > end - 1000,
      `${busy!.at.length} until ${busy!.at.at(-1)} of ${end}`,
    );
    // Where a second ends a reading that came late tells a little of the next.
    const clear = busy!.values.filter((value) => value === 0 || value === 100);
    assert.ok(clear.length > 0.7 * busy!.values.length && new Set(clear).size === 2, `${busy!.values}`);

    assert.equal(last.sender.length, whole.sender.length);
    assert.deepEqual(last.sender, whole.sender);
    for (const view of seen.slice(3)) {
      assert.match(
        view.sender[0]!,
        /^late p\d\d \S+ ms · waited for a connection p\d\d \S+ ms · 2 generators · CPU \S+ % of a core each/,
      );
    }

    assert.deepEqual(last.objectives, whole.objectives);
    const halfway = seen.find(({ figures }) => figures.answered > 500 && figures.answered < 1400)!;
    const said = Object.fromEntries(
      halfway.objectives.map(({ objective, ok, sentence }) => [objective, { ok, sentence }]),
    );
    const is = (objective: string, ok: boolean | null, sentence: RegExp): void => {
      assert.equal(said[objective]?.ok, ok, objective);
      assert.match(said[objective]!.sentence, sentence);
    };
    is('p(50)<100', true, /^Holds so far: it is \d\d(\.\d)? ms\.$/);
    is('p(95)<5', false, /^Does not hold so far: it is \d\d(\.\d)? ms\.$/);
    is('p(99.9)<500', null, /^Too few requests yet: p99\.9 needs \d,?\d+ answered requests, and there are \d+\.$/);
    is('requests: count>1500', null, /^Not met yet: it is [\d,]+\.$/);
    is('latency: max<190', false, /^Does not hold so far: it is 2\d\d ms\.$/);
    is('rate<1%', true, /^Holds so far: it is 0 %\.$/);
  } finally {
    process.env['PATH'] = before;
    await server.stop();
  }
});

function beginning(series: TelemetrySeries, length: number): TelemetrySeries {
  const { name, unit, at, values } = series;
  return { name, unit, at: at.slice(0, length), values: values.slice(0, length) };
}

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
