import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { tracePrefix, traceparent } from '../../src/runs/attribution.ts';

/** Asks itself on one connection, and leaves an answer unread and a failure unhandled. */
const SERVICE = `
const http = require('node:http');
const seen = [];
process.on('unhandledRejection', () => seen.push('unhandled'));
const server = http.createServer((request, response) => {
  if (request.url === '/large') return response.end('x'.repeat(4e6));
  const { port } = server.address();
  const to = { port, path: '/large', agent: new http.Agent({ maxSockets: 1, keepAlive: true }) };
  http.get(to);
  fetch('http://127.0.0.1:1/').catch(() => seen.push('handled'));
  fetch('http://127.0.0.1:1/');
  http.get(to, (answer) => {
    let size = 0;
    answer.on('data', (data) => { size += data.length; });
    answer.on('end', () => setTimeout(() => response.end([...seen.sort(), size].join(' ')), 100));
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

test('with our lines in it a service throws away what it does not read, and hears of failures it does not handle', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tailflame-lines-'));
  const lines = path.resolve('attribution/tailflame-attribution.cjs');
  const child = spawn(process.execPath, ['--require', lines, '-e', SERVICE], {
    env: { ...process.env, TAILFLAME_ATTRIBUTION: folder },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [port] = (await once(child.stdout, 'data')) as [Buffer];
    const headers = { traceparent: traceparent(tracePrefix(1), 1) };
    const signal = AbortSignal.timeout(10_000);
    const answer = await fetch(`http://127.0.0.1:${port.toString().trim()}/`, { headers, signal });
    assert.equal(await answer.text(), 'handled unhandled 4000000');
  } finally {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
});
