import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { localServers } from '../../src/runner/target/local-server.ts';
import { serverCandidates } from '../../src/runner/target/server-candidates.ts';
import { freePort } from '../support/free-port.ts';
import { until } from '../support/until.ts';

const LISTEN = `const server = require('node:http').createServer((_, response) => response.end('decoy')).listen(
  { port: Number(process.env.PORT), host: process.env.HOST }, () => console.log('listening'))`;
const children: ChildProcess[] = [];
let workspace: string;
let elsewhere: string;

before(async () => {
  workspace = await mkdtemp(path.join(os.tmpdir(), 'tailflame-service-'));
  elsewhere = await mkdtemp(path.join(os.tmpdir(), 'tailflame-elsewhere-'));
  await cp(path.resolve('examples/node-classifier'), workspace, { recursive: true });
});
after(async () => {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all([workspace, elsewhere].map((folder) => rm(folder, { recursive: true, force: true })));
});

/** Starts a program that takes its port from PORT, and waits until it listens. */
async function start(program: string, args: readonly string[], cwd: string, host = '127.0.0.1'): Promise<number> {
  const port = await freePort(host);
  const env = { ...process.env, PORT: String(port), HOST: host };
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'ignore', 'inherit'] });
  children.push(child);
  await until(`${program} ${args.join(' ')} to listen`, 20_000, async () => {
    assert.equal(child.exitCode, null, `${program} ${args.join(' ')} ended`);
    return (await accepts(port, host)) ? true : null;
  });
  return port;
}

function accepts(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = net.connect(port, host);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}

async function found(file: string, folders: readonly string[]): Promise<{ port: number; host: string }[]> {
  const editor = { pid: -1, ancestors: [], program: '/no/editor' };
  const servers = await localServers();
  assert.ok(servers !== null);
  const candidates = serverCandidates(servers, { file, folders, debugged: [], terminals: [], editor });
  return candidates.map(({ port, host }) => ({ port, host }));
}

test('the server of a file is found among others, in its folder and out of it', async () => {
  await start(process.execPath, ['-e', LISTEN], elsewhere);
  const inFolder = await start(process.execPath, ['-e', LISTEN], workspace);
  const file = path.join(workspace, 'server.mjs');
  assert.deepEqual(await found(file, [workspace]), [{ port: inFolder, host: '127.0.0.1' }]);
  const port = await start(process.execPath, ['server.mjs'], workspace);
  assert.deepEqual(await found(file, [workspace]), [{ port, host: '127.0.0.1' }]);
  // A file it imports is not named by its arguments: then there are two that run in the folder.
  const both = [inFolder, port].sort((a, b) => a - b).map((one) => ({ port: one, host: '127.0.0.1' }));
  assert.deepEqual(await found(path.join(workspace, 'drift.mjs'), [workspace]), both);
});

test('a server on IPv6 alone is found at its address', async (t) => {
  if (!Object.values(os.networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'))) {
    t.skip('this machine has no IPv6');
    return;
  }
  const other = await mkdtemp(path.join(os.tmpdir(), 'tailflame-six-'));
  await cp(path.resolve('examples/node-classifier'), other, { recursive: true });
  const port = await start(process.execPath, ['server.mjs'], other, '::1');
  assert.deepEqual(await found(path.join(other, 'server.mjs'), [other]), [{ port, host: '[::1]' }]);
  await rm(other, { recursive: true, force: true });
});

test('a FastAPI server is found by the file it was started from, in another folder', async () => {
  const python = process.env['TAILFLAME_TEST_PYTHON'] ?? '';
  const server = path.resolve('examples/fastapi-sklearn/server.py');
  const port = await start(python, [server], elsewhere);
  assert.deepEqual(await found(server, [path.dirname(server)]), [{ port, host: '127.0.0.1' }]);
});
