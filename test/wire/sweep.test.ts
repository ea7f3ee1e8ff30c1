import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { SweepDocument } from '../../src/find/sweep-document.ts';
import { sweepOrder } from '../../src/find/sweep-order.ts';
import { resultOf, spawnTailflame, tailflame } from '../support/tailflame.ts';
import { until } from '../support/until.ts';

test('a value that the server refuses is told, and the others are measured all the same', async (context) => {
  const cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-sweep-'));
  context.after(() => rm(cwd, { recursive: true, force: true }));
  const server = http.createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    response.statusCode = (JSON.parse(text) as { n: number }).n > 8 ? 413 : 200;
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const sweep = (...options: string[]) => tailflame(cwd, 'sweep', url, '-d', '{"n":1}', ...options);

  const { code, stdout, stderr } = await sweep('--set', 'json.n=64,1', '--duration', '1s', '--warmup', '0s', '--json');
  assert.equal(code, 97, stderr);
  const { points, sentence } = JSON.parse(stdout) as SweepDocument;
  assert.match(sentence, /; 1 of 2 values was refused$/);
  assert.deepEqual([points[0]!.probes.length, points[1]!.probes.length], [0, 1]);
  assert.match(points[0]!.refused!, /413/);
  assert.equal(points[1]!.refused, null);

  const page = await sweep('--users', '1,2', '--duration', '1s', '--warmup', '0s', '--html', '-');
  assert.match(page.stdout, /^<!doctype html>[\s\S]*<\/html>\s*$/i, 'the page alone');
  assert.match(page.stderr, /2 users/);

  const both = await sweep('--users', '1,2', '--html', '-', '--json');
  assert.deepEqual([both.code, both.stdout], [2, '']);

  const nowhere = await sweep('--users', ',');
  assert.equal(nowhere.code, 2);
  assert.match(nowhere.stderr, /--users: there are no values in it/);
});

test('a run that may not be made ends the sweep, whatever was measured before', async (context) => {
  const cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-sweep-'));
  context.after(() => rm(cwd, { recursive: true, force: true }));
  const server = http.createServer((_, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  const plan = `target: http://\${env.HOST}:${port}\nenvironment: { HOST: 127.0.0.1 }\nsteps:\n  - get: /\n`;
  await writeFile(path.join(cwd, 'x.load.yaml'), plan);
  const hosts = ['--set', 'HOST=127.0.0.1,192.0.2.1', '--seed', firstFirst(), '--duration', '1s', '--warmup', '0s'];
  const { code, stderr } = await tailflame(cwd, 'sweep', 'x.load.yaml', ...hosts);
  assert.equal(code, 2, stderr);
  assert.match(stderr, /192\.0\.2\.1 is not this machine/);
});

test('a sweep that is stopped says so, also where its first value was refused', async (context) => {
  const cwd = await mkdtemp(path.join(os.tmpdir(), 'tailflame-sweep-'));
  context.after(() => rm(cwd, { recursive: true, force: true }));
  let taken = 0;
  const server = http.createServer(async (request, response) => {
    let text = '';
    for await (const part of request) text += part;
    const { n } = JSON.parse(text) as { n: number };
    if (n === 1) taken++;
    response.statusCode = n > 8 ? 413 : 200;
    response.end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const child = spawnTailflame(cwd, ['sweep', url, '-d', '{"n":1}', '--set', 'json.n=64,1', '--seed', firstFirst()]);
  const ended = resultOf(child);
  await until('load of the second value', 60_000, () => (taken > 50 ? true : null));
  child.kill('SIGINT');
  const { code, stdout, stderr } = await ended;
  assert.equal(code, 130, stderr);
  assert.match(stdout, /Nothing was measured; 1 of 2 values was refused/);
});

/** A seed with which the first of two values is tried first. */
function firstFirst(): string {
  return String([1, 2, 3, 4, 5, 6, 7, 8].find((seed) => sweepOrder(2, 1, seed)[0] === 0));
}
