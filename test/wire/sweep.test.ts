import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { SweepDocument } from '../../src/find/sweep-document.ts';
import { tailflame } from '../support/tailflame.ts';

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
  assert.equal(code, 0, stderr);
  const { points } = JSON.parse(stdout) as SweepDocument;
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
