import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readAttribution, tracePrefix, traceparent } from '../../src/runs/attribution.ts';
import { until } from '../support/until.ts';

const LINES = path.resolve('attribution/tailflame-attribution.cjs');

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
  const child = spawn(process.execPath, ['--require', LINES, '-e', SERVICE], {
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

const WAITING_SERVICE = `
const server = require('node:http').createServer((_, response) => setTimeout(() => response.end(), 5));
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
`;

test('records that could not be written are counted as lost, each of them, and what is told after that is whole', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'tailflame-lines-'));
  // A file where the folder is to be made.
  const blocked = path.join(folder, 'blocked');
  await writeFile(blocked, '');
  const child = spawn(process.execPath, ['--require', LINES, '-e', WAITING_SERVICE], {
    env: { ...process.env, TAILFLAME_ATTRIBUTION: path.join(blocked, 'told') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const [port] = (await once(child.stdout, 'data')) as [Buffer];
    const prefix = tracePrefix(1);
    const ask = async (id: number): Promise<void> => {
      const headers = { traceparent: traceparent(prefix, id) };
      const signal = AbortSignal.timeout(10_000);
      await (await fetch(`http://127.0.0.1:${port.toString().trim()}/`, { headers, signal })).text();
    };
    for (let id = 0; id < 10; id++) await ask(id);
    await sleep(700);
    await ask(10);
    await sleep(700);
    await rm(blocked);
    await ask(11);
    const wait = `["suspended","${traceparent(prefix, 11).slice(3, 35)}"`;
    const text = await until('what is told', 5000, async () => {
      const told = await readFile(path.join(blocked, 'told', `${child.pid}.jsonl`), 'utf8').catch(() => '');
      return told.includes(wait) ? told : null;
    });
    const lost = text
      .split('\n')
      .filter((line) => line.startsWith('["lost"'))
      .reduce((sum, line) => sum + (JSON.parse(line) as [string, number])[1], 0);
    // Of each at least: that it was worked for before its timer and after it, and that it waited.
    assert.ok(lost >= 11 * 3, `${lost} lost`);
    const { threads, suspended } = readAttribution([text], prefix, { monotonicMs: 0, unixMs: 0 });
    assert.equal(threads[0]?.pid, child.pid);
    assert.notEqual(suspended.place[suspended.request.indexOf(11)], -1);
  } finally {
    child.kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
});
