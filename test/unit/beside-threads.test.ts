import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { steadyUsers } from '../../src/load/model/closed-load.ts';
import { resolvePlan } from '../../src/load/plan/resolve-plan.ts';
import { PlanValues } from '../../src/load/scenario/plan-values.ts';
import { metricsSentences } from '../../src/report/metrics-sentences.ts';
import type { StartedTarget } from '../../src/runner/target/started-target.ts';
import { LogTelemetry } from '../../src/runner/telemetry/log-telemetry.ts';
import { metricsNotes } from '../../src/runner/telemetry/metrics-notes.ts';
import { MetricsTelemetry } from '../../src/runner/telemetry/metrics-telemetry.ts';
import type { TelemetrySource } from '../../src/runner/telemetry/telemetry-source.ts';
import { RunClock, takeOrigin } from '../../src/runs/clock.ts';
import type { MetricsHealth } from '../../src/runs/run-document.ts';
import type { RunEvent } from '../../src/runs/run-log.ts';
import { planOf, withTarget } from '../support/plans.ts';

const folder = mkdtempSync(path.join(os.tmpdir(), 'tailflame-threads-'));
const failing = path.join(folder, 'failing.cjs');
writeFileSync(failing, "throw new Error('the thread is gone');");

const url = 'http://127.0.0.1:9/metrics';
const plan = withTarget(planOf('http://127.0.0.1:9/', steadyUsers(1, 1000)), { metrics: [url] });

async function through(source: TelemetrySource): Promise<string | null> {
  const origin = takeOrigin();
  const clock = new RunClock(origin);
  await source.begin({ folder, origin, target: null, now: () => clock.now() });
  source.look?.('measured');
  assert.deepEqual(await source.news(), []);
  const { series, trouble } = await source.finish();
  assert.deepEqual(series, []);
  return trouble;
}

test('a thread that fails is told of, and the run goes on without it', async () => {
  const values = new PlanValues({ plan, secrets: {}, values: {}, allowed: [] }).of(0, 1, true);
  const keep = (): void => assert.fail('nothing was told');
  const resolved = resolvePlan(plan, steadyUsers(1, 1000));
  const metrics = new MetricsTelemetry({ plan: resolved, origins: [], addresses: {}, values, program: failing, keep });
  assert.equal(await through(metrics), 'metrics: they were asked for no longer after a failure: the thread is gone.');
  const file = path.join(folder, 'a.log');
  const logs = new LogTelemetry({ files: [file], cwd: folder, started: null, secrets: [], program: failing, keep });
  assert.equal(await through(logs), 'Logs were read no longer after a failure: the thread is gone.');
});

test('what a target prints too fast to be read is said of the output that it was, and not of the other', async () => {
  const program = path.join(folder, 'reads-nothing.cjs');
  const facts = ['stdout', 'stderr'].map((output) => ({
    log: `the target's ${output}`,
    ...{ lines: 1, errors: 0, warnings: 0, skipped: 0, messages: [], others: 0, trouble: null },
  }));
  const told = `parentPort.postMessage({ type: 'finished', facts: ${JSON.stringify(facts)} }); parentPort.close();`;
  writeFileSync(
    program,
    `const { parentPort } = require('node:worker_threads');
parentPort.on('message', ({ type }) => { if (type === 'finish') { ${told} } });
parentPort.postMessage({ type: 'ready' });`,
  );
  type Listener = Parameters<StartedTarget['listen']>[0];
  const listeners: Listener[] = [];
  const started = { listen: (listener: Listener) => listeners.push(listener) } as unknown as StartedTarget;
  const kept: RunEvent[] = [];
  const keep = (event: RunEvent): void => void kept.push(event);
  const logs = new LogTelemetry({ files: [], cwd: folder, started, secrets: [], program, keep });
  const origin = takeOrigin();
  await logs.begin({ folder, origin, target: null, now: () => 0 });
  listeners[0]!('stdout', Buffer.alloc(1000));
  listeners[0]!('stderr', Buffer.alloc(9 * 1024 * 1024));
  const { trouble } = await logs.finish();
  assert.match(trouble!, /^Of the target's stderr 9\.0 MiB came too fast to be read: [^.]*\.$/);
  const skipped = kept.flatMap((event) => (event.type === 'logs' ? event.logs.map((log) => log.skipped) : []));
  assert.deepEqual(skipped, [0, 9 * 1024 * 1024]);
});

test('what is said of an endpoint follows from how it fared', () => {
  const health = (more: Partial<MetricsHealth>): MetricsHealth => ({
    endpoint: url,
    every: 1000,
    asked: 4,
    answered: 4,
    late: 0,
    dropped: [],
    series: 2,
    left: 0,
    known: false,
    told: 1200,
    ...more,
  });
  const place = { url, series: null, every: 1000, headers: {}, named: true };
  const said = (more: Partial<MetricsHealth>, changed: Partial<typeof place> = {}): string[] =>
    metricsNotes(health(more), { ...place, ...changed });
  assert.deepEqual(said({}), []);
  const refused = { answered: 0, series: 0, dropped: [{ reason: 'refuses connections', count: 4 }] };
  assert.deepEqual(said(refused), [`metrics: ${url} refuses connections.`]);
  // It only might have been there.
  assert.deepEqual(said(refused, { named: false }), []);
  assert.match(said({ series: 0 })[0]!, /tells nothing that is known/);
  assert.deepEqual(said({ series: 0, known: true }), []);
  assert.match(said({ left: 49_800 })[0]!, /2 series are kept, and 49800 more are chosen/);
  assert.match(said({ every: 3120 })[0]!, /takes long to answer, so it was asked every 3\.1 s and not every 1 s/);
  const fared = (more: Partial<MetricsHealth>): string => metricsSentences({ metricsHealth: [health(more)] })[0]!;
  assert.equal(fared({}), '127.0.0.1:9/metrics answered 4 of 4 scrapes, 2 series of 1,200.');
  assert.equal(
    fared({ answered: 2, late: 1, known: true, series: 0, dropped: [{ reason: 'answers 503', count: 2 }] }),
    '127.0.0.1:9/metrics answered 2 of 4 scrapes (1 late; 2 × answers 503), the model server’s own.',
  );
});
