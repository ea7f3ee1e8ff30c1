import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { plainPlan } from '../../src/load/plan/plain-plan.ts';
import { startTarget } from '../../src/runner/target/start-target.ts';
import { freePort } from '../support/free-port.ts';

test('a started target is ready when its root answers anything but 503, and with --ready when that answers below 500', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tailflame-start-'));
  const socket = path.join(folder, 'it.sock');
  // What the plan sends may be worth nothing as a question, and must not be asked.
  const code = `let asked = 0; require('http').createServer((request, answer) => { if (request.url === '/api') process.exit(9); answer.statusCode = asked++ > 1 ? (request.url === '/' ? 500 : 404) : 503; answer.end(); }).listen('${socket}')`;
  const command = `"${process.execPath}" -e "${code}"`;
  const plain = plainPlan({ url: 'http://service.invalid/api', method: 'POST', headers: {}, body: null });
  const plan = { ...plain, target: { ...plain.target, socket } };
  const signal = AbortSignal.timeout(10_000);
  try {
    for (const ready of [null, 'http://service.invalid/health']) {
      const target = await startTarget(command, { cwd: folder, ready, plan, allowRemote: [] }, {}, signal);
      await target.stop();
      await rm(socket, { force: true });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('a target that never ends its answer is ready all the same', async () => {
  const port = await freePort();
  const code = `require('http').createServer((_, answer) => { answer.write('data: 1'); setInterval(() => answer.write('data: 2'), 20); }).listen(${port}, '127.0.0.1')`;
  const plan = plainPlan({ url: `http://127.0.0.1:${port}/events`, method: 'GET', headers: {}, body: null });
  const begun = performance.now();
  const request = { cwd: os.tmpdir(), ready: null, plan, allowRemote: [] };
  const target = await startTarget(`"${process.execPath}" -e "${code}"`, request, {}, AbortSignal.timeout(20_000));
  await target.stop();
  assert.ok(performance.now() - begun < 10_000);
});

test('of a target behind a socket, another origin given with --ready is asked where it says', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tailflame-start-'));
  const socket = path.join(folder, 'it.sock');
  const port = await freePort();
  const code = `const answering = (status) => require('http').createServer((_, answer) => { answer.statusCode = status; answer.end(); }); answering(503).listen('${socket}'); answering(200).listen(${port}, '127.0.0.1')`;
  const plain = plainPlan({ url: 'http://service.invalid/api', method: 'POST', headers: {}, body: null });
  const plan = { ...plain, target: { ...plain.target, socket } };
  const request = { cwd: folder, ready: `http://127.0.0.1:${port}/health`, plan, allowRemote: [] };
  try {
    const target = await startTarget(`"${process.execPath}" -e "${code}"`, request, {}, AbortSignal.timeout(10_000));
    await target.stop();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('a target that ends before it is ready is said to, with what it printed', async () => {
  const plan = plainPlan({ url: 'http://127.0.0.1:1/', method: 'GET', headers: {}, body: null });
  const command = `"${process.execPath}" -e "console.log('no model'); process.exit(3)"`;
  await assert.rejects(
    startTarget(command, { cwd: '/', ready: null, plan, allowRemote: [] }, {}, new AbortController().signal),
    {
      code: 3,
      message: 'The target did not start: it ended with 3. It said:\n  no model',
    },
  );
});

test('another machine is not asked whether it is ready, unless it may be sent load', async () => {
  const plan = plainPlan({ url: 'http://127.0.0.1:1/', method: 'GET', headers: {}, body: null });
  const request = { cwd: '/', ready: 'http://192.0.2.7/health', plan, allowRemote: [] };
  await assert.rejects(startTarget('does-not-exist', request, {}, new AbortController().signal), {
    code: 2,
    host: '192.0.2.7',
  });
});
