import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { plainPlan } from '../../src/load/plan/plain-plan.ts';
import { startTarget } from '../../src/runner/target/start-target.ts';

test('a started target is ready when it answers at its own socket, and with --ready when it answers that below 500', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tailflame-start-'));
  const socket = path.join(folder, 'it.sock');
  // Neither answers at `/`: the plan goes elsewhere.
  const code = `let asked = 0; require('http').createServer((request, answer) => { answer.statusCode = request.url === '/api' || asked++ > 1 ? 200 : 503; answer.end(); }).listen('${socket}')`;
  const command = `"${process.execPath}" -e "${code}"`;
  const plain = plainPlan({ url: 'http://service.invalid/api', method: 'POST', headers: {}, body: null });
  const plan = { ...plain, target: { ...plain.target, socket } };
  const signal = AbortSignal.timeout(10_000);
  try {
    for (const ready of [null, 'http://service.invalid/health']) {
      const target = await startTarget(command, { cwd: folder, ready, plan }, {}, signal);
      await target.stop();
      await rm(socket, { force: true });
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test('a target that ends before it is ready is said to, with what it printed', async () => {
  const plan = plainPlan({ url: 'http://127.0.0.1:1/', method: 'GET', headers: {}, body: null });
  const command = `"${process.execPath}" -e "console.log('no model'); process.exit(3)"`;
  await assert.rejects(startTarget(command, { cwd: '/', ready: null, plan }, {}, new AbortController().signal), {
    code: 3,
    message: 'The target did not start: it ended with 3. It said:\n  no model',
  });
});
