import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { GateDocument } from '../../src/find/gate-document.ts';
import { resultOf } from '../support/tailflame.ts';
import { SCORE_MS, scoreLine } from '../support/two-builds.ts';
import { faultsOf } from '../support/xml.ts';

test('the example of a pipeline fails by the steps of the GitHub action, and names the line that got slower', async (context) => {
  const workspace = await mkdtemp(path.join(os.tmpdir(), 'tailflame-pipeline-test-'));
  context.after(() => rm(workspace, { recursive: true, force: true }));
  const run = spawn(process.execPath, ['examples/pipeline/run.mjs', '--into', workspace]);
  const { code, stdout, stderr } = await resultOf(run);
  context.diagnostic(stdout);
  assert.equal(code, 99, stdout + stderr);
  const read = (file: string): Promise<string> => readFile(path.join(workspace, file), 'utf8');

  const document = JSON.parse(await read('gate.json')) as GateDocument;
  assert.match(
    document.sentence,
    /^failed: latency p\d\d \d+ % slower \(\d+ to \d+ %\), and more than 20 % is not allowed$/,
  );
  const median = document.figures.find(({ figure }) => figure === 'latency p50')!;
  // 11 ms of work instead of 7, and what the wire takes in both.
  assert.ok(median.change! > 0.3 && median.change! < 0.9, `${median.change}`);
  assert.ok(median.interval[0]! < 0.57 && median.interval[1]! > 0.45, `${median.interval}`);
  assert.ok(document.looks.includes(document.pairs.length), `${document.pairs.length} pairs`);
  assert.ok(document.took < document.budget, `${document.took} of ${document.budget}`);
  assert.deepEqual(
    document.pairs.slice(0, 3).map(({ first }) => first),
    ['baseline', 'candidate', 'baseline'],
  );

  const { inputs, different, unstable } = document.answers!;
  assert.deepEqual([inputs, different, unstable], [1, 0, 0], 'all of its requests are the same');
  assert.match(stdout, /Answers +Answers are the same for 1 of 1 inputs\./);

  const file = path.join(workspace, 'candidate/server.mjs');
  const line = await scoreLine(file);
  const [slower] = document.slower;
  const { before, now, ...place } = slower!;
  assert.deepEqual(place, { function: 'score', file, line, mostly: 'ran' });
  // Each spins by the clock to its time, and a little over it where it is kept from its core.
  assert.ok(Math.abs(before - SCORE_MS.old) < 1.6, `${before} ms`);
  assert.ok(Math.abs(now - SCORE_MS.new) < 3.2, `${now} ms`);

  const said = `\`score\` \\(candidate/server\\.mjs:${line}\\) ran \\d\\.\\d ms a request, instead of \\d\\.\\d ms\\.`;
  assert.match(stdout, new RegExp(`Slower +${said}`));
  assert.match(
    stderr,
    new RegExp(`^::error file=candidate/server\\.mjs,line=${line},title=tailflame gate::${said}`, 'm'),
  );
  assert.match(await read('summary.md'), new RegExp(`\\*\\*Slower code\\*\\*\n\n- ${said}`));
  assert.deepEqual(await faultsOf(await read('tailflame-junit.xml'), 'junit.xsd'), []);
});
