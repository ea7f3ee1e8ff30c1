import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { GateDocument } from '../../src/find/gate-document.ts';
import type { StoredBaseline } from '../../src/find/stored-baseline.ts';
import { tailflame } from '../support/tailflame.ts';
import { SCORE_MS, type TwoBuilds, twoBuilds } from '../support/two-builds.ts';

let cwd: string;
let builds: TwoBuilds;

before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-baseline-'));
  builds = await twoBuilds(cwd);
});
after(() => rm(cwd, { recursive: true, force: true }));

async function against(file: string): Promise<{ code: number | null; document: GateDocument }> {
  const how = ['--start', builds.new.start, '--against', file, '--tolerance', '20%', '--profile', '--json'];
  const { code, stdout, stderr } = await tailflame(cwd, 'gate', builds.new.url, ...how);
  assert.notEqual(stdout, '', stderr);
  return { code, document: JSON.parse(stdout) as GateDocument };
}

test('a build is held against figures that were stored, its slower line named, and not against those of another machine', async () => {
  const how = ['--rate', '40', '--time', '72s', '--profile', '--write-baseline', 'old.baseline'];
  const written = await tailflame(cwd, 'gate', builds.old.url, '--start', builds.old.start, ...how);
  assert.equal(written.code, 0, written.stderr);
  assert.match(
    written.stdout,
    /^The figures of http:\S+ are in old\.baseline\. Hold a build against them with --against /,
  );
  const file = path.join(cwd, 'old.baseline');
  const baseline = JSON.parse(await readFile(file, 'utf8')) as StoredBaseline;
  assert.equal(baseline.figures['latency p50']!.length, 16);
  const score = baseline.code!.all.filter((line) => line.function === 'score');
  const took = score.reduce((sum, { ran, waited }) => sum + ran + waited, 0);
  assert.ok(Math.abs(took - SCORE_MS.old) < 1.2, `${took} ms`);

  const { code, document } = await against('old.baseline');
  assert.equal(code, 99, document.sentence);
  assert.match(document.sentence, /^failed: latency p\d\d \d\d % slower /);
  assert.ok(document.looks.includes(document.runs.length), `${document.runs.length} segments`);
  assert.deepEqual([document.pairs.length, document.baseline], [0, 'old.baseline']);
  const [slower] = document.slower;
  assert.deepEqual([slower!.function, slower!.line], ['score', builds.new.line]);

  const cpus = baseline.environment.cpus + 7;
  await writeFile(file, JSON.stringify({ ...baseline, environment: { ...baseline.environment, cpus } }));
  const refused = await against('old.baseline');
  assert.equal(refused.code, 97);
  assert.match(refused.document.sentence, /^cannot tell: the baseline was measured otherwise: machine\.cpus was /);
});
