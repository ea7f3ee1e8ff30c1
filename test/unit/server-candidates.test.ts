import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LocalServer } from '../../src/runner/target/local-server.ts';
import { type Surroundings, serverCandidates } from '../../src/runner/target/server-candidates.ts';

const AROUND: Surroundings = {
  file: '/srv/shop/src/shop/server.py',
  folders: ['/srv/shop'],
  debugged: [],
  terminals: [],
  editor: { pid: 50, ancestors: [40, 1], program: '/opt/code/app' },
};

function server(port: number, command: string, more: Partial<LocalServer> = {}): LocalServer {
  const args = command.split(' ');
  const executable = `/usr/bin/${args[0]}`;
  return { pid: port, parent: 1, ancestors: [1], executable, args, port, host: '127.0.0.1', cwd: '/', ...more };
}
const portsOf = (servers: readonly LocalServer[], around: Partial<Surroundings> = {}): number[] =>
  serverCandidates(servers, { ...AROUND, ...around }).map(({ port }) => port);

test('a server is known by its working folder, and no other is taken', () => {
  const inside = server(8000, 'python3 -m uvicorn other:app', { cwd: '/srv/shop/src' });
  const outside = server(8001, 'python3 -m uvicorn other:app', { cwd: '/srv/shop-other' });
  assert.deepEqual(portsOf([outside, inside]), [8000]);
  assert.deepEqual(portsOf([outside]), []);
});

test('a server is known by arguments that name the file or its module, in whichever folder it runs', () => {
  const commands = [
    'python3 /srv/shop/src/shop/server.py',
    'python3 -m uvicorn shop.server:app --port 8000',
    'python3 -m flask --app server run',
    'python3 -m gunicorn src.shop.server:create_app()',
    'python3 -m shop.server',
  ];
  for (const command of commands) assert.deepEqual(portsOf([server(8000, command)]), [8000], command);
  assert.deepEqual(portsOf([server(8000, 'python3 server.py', { cwd: '/srv/shop/src/shop' })]), [8000]);
  assert.deepEqual(portsOf([server(8000, 'python3 -m uvicorn other:app')]), []);
  assert.deepEqual(portsOf([server(8000, 'python3 server.py', { cwd: '/elsewhere' })]), []);
});

test('one that names the file is the only one; several that do not are all there is to choose from', () => {
  const cwd = '/srv/shop';
  const named = server(8003, 'python3 -m uvicorn shop.server:app', { cwd });
  const others = [server(8001, 'python3 -m http.server', { cwd }), server(8002, 'python3 other.py', { cwd })];
  assert.deepEqual(portsOf([...others, named]), [8003]);
  assert.deepEqual(portsOf(others), [8001, 8002]);
});

test('of several services in one workspace the one that runs in the folder of the file is taken', () => {
  const shop = server(8000, 'python3 main.py', { cwd: '/srv/shop/src/shop' });
  const mail = server(8001, 'python3 main.py', { cwd: '/srv/shop/src/mail' });
  assert.deepEqual(portsOf([mail, shop]), [8000]);
  assert.deepEqual(portsOf([mail, shop], { file: '/srv/shop/src/other/server.py' }), [8000, 8001]);
});

test('what is debugged comes first, then what a terminal started', () => {
  const cwd = '/srv/shop';
  const plain = server(8001, 'python3 a.py', { cwd });
  const terminal = server(8002, 'python3 b.py', { cwd, ancestors: [700, 40, 1] });
  const debugged = server(8003, 'python3 c.py', { cwd, ancestors: [900, 1] });
  assert.deepEqual(portsOf([plain, terminal, debugged], { terminals: [700], debugged: [900] }), [8003, 8002, 8001]);
});

test('tunnels, notebooks and adapters are no servers, wherever they run', () => {
  const cwd = '/srv/shop';
  const none = [
    server(8000, 'ssh -L 8000:host:80', { cwd }),
    server(8001, 'python3 -m ipykernel_launcher -f kernel.json', { cwd }),
    server(8002, 'python3 /ext/debugpy/adapter --port 8002', { cwd }),
    server(8003, 'python3 -m debugpy --listen 8003 /srv/shop/src/shop/server.py', { cwd }),
  ];
  assert.deepEqual(portsOf(none, { terminals: [1] }), []);
});

test('the editor and what its extensions started are none, but what it debugs is', () => {
  const cwd = '/srv/shop';
  const host = server(9000, 'python3 host', { pid: 50, cwd });
  const main = server(9001, 'python3 main', { pid: 40, cwd });
  const bundled = server(9002, 'python3 /opt/code/app/out/server.js', { cwd });
  const language = server(9003, 'python3 -m language_server', { cwd, ancestors: [50, 40, 1] });
  assert.deepEqual(portsOf([host, main, bundled, language]), []);
  assert.deepEqual(portsOf([language], { debugged: [9003] }), [9003]);
});

test('the port of a program that a debugger speaks to is not the port it serves at', () => {
  const file = '/srv/shop/server.mjs';
  const cwd = '/srv/shop';
  const process = { pid: 77, cwd };
  const serves = server(3000, 'node --inspect server.mjs', process);
  assert.deepEqual(portsOf([serves, server(9229, 'node --inspect server.mjs', process)], { file }), [3000]);
  const chosen = 'node --inspect-brk=127.0.0.1:4444 server.mjs';
  assert.deepEqual(portsOf([server(3000, chosen, process), server(4444, chosen, process)], { file }), [3000]);
});

test('a file of one language is not served by a program of the other', () => {
  const cwd = '/srv/shop';
  const front = server(5173, 'node vite', { cwd });
  const back = server(8000, 'python3 -m uvicorn other:app', { cwd });
  assert.deepEqual(portsOf([front, back]), [8000]);
  assert.deepEqual(portsOf([front, back], { file: '/srv/shop/front/server.ts' }), [5173]);
});
