import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { GateDocument } from '../../src/find/gate-document.ts';
import type { StoredBaseline } from '../../src/find/stored-baseline.ts';
import { readPrometheusText } from '../../src/telemetry/prometheus-text.ts';
import { freePort } from '../support/free-port.ts';
import { gitlabJob } from '../support/gitlab-job.ts';
import { tailflame } from '../support/tailflame.ts';
import { SCORE_MS, scoreLine, twoBuilds } from '../support/two-builds.ts';
import { faultsOf } from '../support/xml.ts';

test('a build is held against stored figures by the steps of the GitLab job, its slower line named, and not against those of another machine', async (context) => {
  const cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-baseline-'));
  context.after(() => rm(cwd, { recursive: true, force: true }));
  await twoBuilds(cwd);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}/`;
  const start = (build: string): string => `node ${build}/server.mjs ${port}`;
  const read = (name: string): Promise<string> => readFile(path.join(cwd, name), 'utf8');

  const how = ['--rate', '40', '--time', '72s', '--profile', '--write-baseline', 'old.baseline'];
  const written = await tailflame(cwd, 'gate', url, '--start', start('old'), ...how);
  assert.equal(written.code, 0, written.stderr);
  assert.match(
    written.stdout,
    /^The figures of http:\S+ are in old\.baseline\. Hold a build against them with --against /,
  );
  const short =
    /^Will not be judged: latency p99: a segment has \d+ answers, and it takes 405: --time \d+s, or [\d.]+ times the load\.$/m;
  assert.match(written.stderr, short);
  const baseline = JSON.parse(await read('old.baseline')) as StoredBaseline;
  assert.equal(baseline.figures['latency p50']!.length, 16);
  const score = baseline.code!.all.filter((line) => line.function === 'score');
  const took = score.reduce((sum, { ran, waited }) => sum + ran + waited, 0);
  assert.ok(Math.abs(took - SCORE_MS.old) < 1.6, `${took} ms`);

  const inputs = { image: 'any', plan: url, against: 'old.baseline', start: start('new'), tolerance: '20%' };
  const failed = await gitlabJob(cwd, { ...inputs, arguments: '--json=gate.json' });
  assert.equal(failed.code, 99, failed.stdout + failed.stderr);
  const document = JSON.parse(await read('gate.json')) as GateDocument;
  assert.match(document.sentence, /^failed: latency p\d\d \d+ % slower /);
  assert.ok(document.looks.includes(document.runs.length), `${document.runs.length} segments`);
  assert.deepEqual([document.pairs.length, document.baseline], [0, 'old.baseline']);
  assert.match(
    failed.stderr,
    /^Not judged: latency p99: .*: a baseline made with --time \d+s, or [\d.]+ times the load\.$/m,
  );
  const line = await scoreLine(path.join(cwd, 'new/server.mjs'));
  assert.deepEqual([document.slower[0]!.function, document.slower[0]!.line], ['score', line]);
  const [issue] = JSON.parse(await read('tailflame-code-quality.json')) as { location: unknown }[];
  assert.deepEqual(issue!.location, { path: 'new/server.mjs', lines: { begin: line } });
  assert.deepEqual(await faultsOf(await read('tailflame-junit.xml'), 'junit.xsd'), []);
  const p50 = document.figures.find(({ figure }) => figure === 'latency p50')!.candidate! / 1000;
  const told = readPrometheusText(await read('tailflame-metrics.txt')).filter(({ value }) => value === p50);
  assert.deepEqual(
    told.map(({ name, labels }) => [name, labels['figure']]),
    [['tailflame_time_seconds', 'latency p50']],
  );

  const cpus = baseline.environment.cpus + 7;
  const elsewhere = { ...baseline, code: undefined, environment: { ...baseline.environment, cpus } };
  await writeFile(path.join(cwd, 'old.baseline'), JSON.stringify(elsewhere));
  const refused = await gitlabJob(cwd, inputs);
  assert.equal(refused.code, 97, refused.stdout + refused.stderr);
  assert.match(refused.stdout, /^\s*Cannot tell: the baseline was measured under other conditions: machine\.cpus was /);
  // The job always asks for slower lines, whatever its baseline has.
  assert.match(refused.stderr, /^old\.baseline has no times of its code, so no slower lines are named/m);
});
