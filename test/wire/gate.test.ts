import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { GateDocument } from '../../src/find/gate-document.ts';
import { tailflame } from '../support/tailflame.ts';
import { SCORE_MS, type TwoBuilds, twoBuilds } from '../support/two-builds.ts';

let cwd: string;
let builds: TwoBuilds;

before(async () => {
  cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-gate-'));
  builds = await twoBuilds(cwd);
});
after(() => rm(cwd, { recursive: true, force: true }));

test('a slower build fails, with the figure, and the function and line that take longer', async (context) => {
  const starts = ['--start', builds.new.start, '--against', builds.old.url, '--against-start', builds.old.start];
  const how = ['--rate', '40', '--tolerance', '20%', '--time', '170s', '--profile', '--json', 'gate.json'];
  const { code, stdout, stderr } = await tailflame(cwd, 'gate', builds.new.url, ...starts, ...how);
  context.diagnostic(stdout);
  assert.equal(code, 99, stdout + stderr);
  const { default: document } = (await import(path.join(cwd, 'gate.json'), { with: { type: 'json' } })) as {
    default: GateDocument;
  };
  assert.match(
    document.sentence,
    /^failed: latency p\d\d \d\d % slower \(\d\d to \d\d\d? %\), and more than 20 % is not allowed$/,
  );
  const median = document.figures.find(({ figure }) => figure === 'latency p50')!;
  // 11 ms of work instead of 7, and what the wire takes in both.
  assert.ok(median.change! > 0.35 && median.change! < 0.7, `${median.change}`);
  assert.ok(median.interval[0]! < 0.57 && median.interval[1]! > 0.45, `${median.interval}`);
  assert.ok(document.looks.includes(document.pairs.length), `${document.pairs.length} pairs`);
  assert.ok(document.took < document.budget, `${document.took} of ${document.budget}`);
  assert.deepEqual(
    document.pairs.slice(0, 3).map(({ first }) => first),
    ['baseline', 'candidate', 'baseline'],
  );
  const [slower] = document.slower;
  const { before: earlier, now, ...place } = slower!;
  assert.deepEqual(place, { function: 'score', file: builds.new.file, line: builds.new.line, mostly: 'ran' });
  assert.ok(Math.abs(earlier - SCORE_MS.old) < 1.2, `${earlier} ms`);
  assert.ok(Math.abs(now - SCORE_MS.new) < 1.6, `${now} ms`);
  assert.match(stdout, /Slower +`score` \(new\/server\.mjs:\d+\) ran \d\.\d ms a request, instead of \d\.\d ms\./);
});

test('what cannot be held against each other is refused before anything is sent', async () => {
  const refused = async (...args: string[]): Promise<string> => {
    const { code, stderr } = await tailflame(cwd, 'gate', builds.old.url, ...args);
    assert.equal(code, 2, stderr);
    return stderr;
  };
  assert.match(
    await refused('--against', builds.old.url, '--time', '30s'),
    /The time is too short for 42 segments: give at least --time 109s/,
  );
  assert.match(await refused('--against', 'old.json'), /The baseline old\.json cannot be read/);
  assert.match(await refused('--write-baseline', 'not/there.json'), /its folder is not there/);
  assert.match(await refused(), /--against/);
});
