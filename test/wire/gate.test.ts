import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { GateDocument } from '../../src/find/gate-document.ts';
import { tailflame, tailflameWith } from '../support/tailflame.ts';

test('builds that answer otherwise are told apart before any load is sent', async (context) => {
  const cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-answers-'));
  context.after(() => rm(cwd, { recursive: true, force: true }));
  // The new build rounds, calls ten of forty inputs otherwise, and gives every answer another id.
  let [id, asked] = [0, 0];
  const build = async (isNew: boolean): Promise<string> => {
    const server = http.createServer(async (request, response) => {
      let text = '';
      for await (const part of request) text += part;
      const x = Number((JSON.parse(text) as { x: unknown }).x);
      asked++;
      const label = (isNew ? x >= 30 : x >= 20) ? 'high' : 'low';
      response.end(JSON.stringify({ id: id++, score: isNew ? Math.round(x / 3) : x / 3, label }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    context.after(() => server.close());
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };
  const [old, origin] = [await build(false), await build(true)];
  const rows = Array.from({ length: 40 }, (_, x) => `${x},${x >= 20 ? 'high' : 'low'}\n`);
  await writeFile(path.join(cwd, 'rows.csv'), `x,truth\n${rows.join('')}`);
  await writeFile(
    path.join(cwd, 'new.load.yaml'),
    `target: ${origin}\ndata:\n  rows: { file: rows.csv }\nsteps:\n  - post: /predict\n    json: { x: "\${rows.x}" }\nload: { rate: 40 }\n`,
  );
  const gate = async (...options: string[]): Promise<{ code: number | null; document: GateDocument }> => {
    const told = await tailflame(cwd, 'gate', 'new.load.yaml', '--against', old, '--json', ...options);
    assert.notEqual(told.stdout, '', told.stderr);
    return { code: told.code, document: JSON.parse(told.stdout) as GateDocument };
  };
  const otherwise = await gate('--answers', '8');
  assert.deepEqual([otherwise.code, asked], [97, 24], 'every id is another one');
  assert.match(otherwise.document.sentence, /^cannot tell: 8 of 8 inputs are answered differently each time/);
  const within = ['--answers-within', '$.id=any', '--answers-within', '$.score=0.4'];
  const { code, document } = await gate('--answers', '100', ...within);
  const { inputs, different, unstable } = document.answers!;
  assert.deepEqual([code, inputs, different, unstable], [99, 40, 10, 0], 'each row once, however many are asked for');
  assert.match(
    document.sentence,
    /^failed: 10 of 40 inputs are answered differently, such as 21: \$\["label"\] is "low" instead of "high"$/,
  );
  // A file that is used once ends, and what would come after it is no input.
  const text = await readFile(path.join(cwd, 'new.load.yaml'), 'utf8');
  await writeFile(path.join(cwd, 'new.load.yaml'), text.replace('rows.csv', 'rows.csv, end: stop'));
  const once = await gate('--answers', '100', ...within);
  assert.deepEqual([once.document.answers!.inputs, once.document.answers!.unanswered], [40, 0]);
  const labelled = await gate('--label', 'rows.truth=$.label');
  assert.deepEqual(labelled.document.answers!.accuracy, { baseline: 1, candidate: 0.75, lost: 10, won: 0 });
  assert.equal(labelled.code, 99);
  assert.match(
    labelled.document.sentence,
    /^failed: right in 75 % of 40 inputs, the baseline in 100 %: 10 are no longer right/,
  );
  assert.equal(labelled.document.pairs.length, 0, 'no load was sent');
  const mistyped = await tailflame(cwd, 'gate', 'new.load.yaml', '--against', old, '--label', 'rows.trut=$.label');
  assert.equal(mistyped.code, 2);
  assert.match(mistyped.stderr, /--label: \$\{rows\.trut\}: the row has no column "trut"\. It has: x, truth/);
});

test('what a build says as it fails is told without secrets, and in full', async (context) => {
  const cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-failing-'));
  context.after(() => rm(cwd, { recursive: true, force: true }));
  const server = http.createServer((request, response) => {
    response.statusCode = 500;
    response.end(`out of memory at ${request.url}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => server.close());
  await writeFile(
    path.join(cwd, 'keyed.load.yaml'),
    `target: http://127.0.0.1:${(server.address() as AddressInfo).port}\nsecrets: { key: SHOP_KEY }\nsteps:\n  - get: /x\n    query: { q: "\${secrets.key}", api_key: plainly-written }\nload: { rate: 5 }\n`,
  );
  const { code, stderr } = await tailflameWith({ SHOP_KEY: 'hidden-away' }, cwd, 'run', 'keyed.load.yaml');
  assert.equal(code, 3, stderr);
  assert.match(stderr, /GET \S+\/x\?q=<removed>&api_key=removed answered 500 .*out of memory at/);
  assert.doesNotMatch(stderr, /hidden-away/);
});

test('what cannot be held against each other is refused before anything is sent', async () => {
  const refused = async (...args: string[]): Promise<string> => {
    const { code, stderr } = await tailflame('.', 'gate', 'http://127.0.0.1:9/', ...args);
    assert.equal(code, 2, stderr);
    return stderr;
  };
  assert.match(
    await refused('--against', 'http://127.0.0.1:9/old', '--time', '30s'),
    /The time is too short for 42 segments: give at least --time 109s/,
  );
  assert.match(await refused('--against', 'old.json'), /The baseline old\.json cannot be read/);
  assert.match(await refused('--write-baseline', 'not/there.json'), /its folder is not there/);
  assert.match(await refused('--write-baseline', 'x.json', '--junit', 'j.xml'), /cannot be used with option '--junit/);
  const old = ['--against', 'http://127.0.0.1:9/old'];
  assert.match(await refused(...old, '--junit', 'not/there.xml'), /not\/there\.xml cannot be written/);
  assert.match(await refused(...old, '--json', 'not/there.json'), /not\/there\.json cannot be written/);
  assert.match(await refused(...old, '--time', '120s', '--profile'), /give at least --time 159s/);
  assert.match(await refused('--against', 'http://127.0.0.1:9/old', '--github'), /elsewhere give --markdown FILE/);
  assert.match(await refused(), /--against/);
});
