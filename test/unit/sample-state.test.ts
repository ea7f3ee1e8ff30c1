import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RUNNING, WAITING } from '../../src/profile/profile.ts';
import { sampleStateOf } from '../../src/profile/sample-state.ts';

const stateIn = (name: string, file: string | null): number =>
  sampleStateOf({ function: name, file, line: null, column: null });

test('a thread waits in what waits of the standard library, wherever that lies', () => {
  for (const folder of [
    '/usr/lib/python3.11',
    '/usr/lib64/python3.12',
    '/usr/local/lib/python3.13t',
    '/opt/pypy/lib/pypy3.10',
    'C:\\Python312\\Lib',
    '/usr/src/Python-3.13.1/Lib',
  ]) {
    const slash = folder.includes('\\') ? '\\' : '/';
    assert.equal(stateIn('Queue.get', `${folder}${slash}queue.py`), WAITING, folder);
    assert.equal(stateIn('SocketIO.readinto', `${folder}${slash}socket.py`), WAITING, folder);
    assert.equal(stateIn('run_forever', `${folder}${slash}asyncio${slash}base_events.py`), WAITING, folder);
    assert.equal(stateIn('dumps', `${folder}${slash}json${slash}__init__.py`), RUNNING, folder);
  }
  assert.equal(stateIn('(idle)', null), WAITING);
});

test('a thread waits in what waits of a known package, also where that lies among code of the user', () => {
  assert.equal(stateIn('Server.run', '/opt/deps/uvicorn/server.py'), WAITING);
  assert.equal(stateIn('SyncWorker.wait', '/opt/deps/gunicorn/workers/sync.py'), WAITING);
  assert.equal(stateIn('_worker', '/opt/app/concurrent/futures/thread.py'), WAITING);
  assert.equal(stateIn('Queue.get', '/opt/app/multiprocessing/queues.py'), WAITING);
  assert.equal(stateIn('Server.startup', '/opt/deps/uvicorn/server.py'), RUNNING);
});

test("a module of the user's that is called as one of the standard library runs", () => {
  assert.equal(stateIn('PriorityQueue.get', '/srv/app/queue.py'), RUNNING);
  assert.equal(stateIn('accept', '/srv/app/net/socket.py'), RUNNING);
  assert.equal(stateIn('read', '/srv/app/ssl.py'), RUNNING);
});

/** Files of the standard library and of packages, as they lie in it, and the functions of each that wait. */
const WAITS: readonly (readonly [file: string, functions: readonly string[]])[] = [
  ['threading.py', ['wait', '_wait_for_tstate_lock', 'join', '_shutdown', 'acquire']],
  ['selectors.py', ['select']],
  ['queue.py', ['get', 'put']],
  ['queues.py', ['get', 'put']],
  ['socket.py', ['accept', 'readinto', 'create_connection']],
  ['socketserver.py', ['serve_forever', 'get_request']],
  ['ssl.py', ['read', 'recv_into', 'do_handshake']],
  ['subprocess.py', ['_try_wait', '_wait', 'wait', 'communicate']],
  ['concurrent/futures/thread.py', ['_worker', 'wait', 'result']],
  ['concurrent/futures/_base.py', ['_worker', 'wait', 'result']],
  ['multiprocessing/queues.py', ['get', 'put']],
  ['multiprocessing/connection.py', ['_recv', '_poll', 'poll', 'wait', '__enter__']],
  ['multiprocessing/popen_fork.py', ['poll', 'wait']],
  ['multiprocessing/synchronize.py', ['__enter__']],
  ['asyncio/runners.py', ['run']],
  ['asyncio/base_events.py', ['run_until_complete', 'run_forever']],
  ['asyncio/windows_events.py', ['_poll']],
  ['gunicorn/arbiter.py', ['sleep']],
  ['gunicorn/workers/sync.py', ['wait', 'run_for_one']],
  ['uvicorn/server.py', ['run']],
  ['uvicorn/_compat.py', ['asyncio_run']],
  ['uvicorn/supervisors/basereload.py', ['pause', 'should_restart']],
  ['uvicorn/supervisors/multiprocess.py', ['run']],
];

test('what waits is known by its file and its function, as a method too, and by nothing like them', () => {
  for (const [file, functions] of WAITS) {
    for (const name of functions) {
      for (const full of [name, `Class.${name}`, `module.Class.${name}`]) {
        assert.equal(stateIn(full, `/usr/lib/python3.11/${file}`), WAITING, `${full} in ${file}`);
      }
      assert.equal(stateIn(name, file), WAITING, `${name} in ${file} alone`);
      for (const other of [`${name}s`, `x${name}`, `Class${name}`]) {
        assert.equal(stateIn(other, `/usr/lib/python3.11/${file}`), RUNNING, `${other} in ${file}`);
      }
      // Whatever its folder is called, a module of the standard library named queues.py is one that waits.
      if (file !== 'multiprocessing/queues.py') {
        assert.equal(stateIn(name, `/usr/lib/python3.11/my${file}`), RUNNING, `${name} in my${file}`);
      }
      assert.equal(stateIn(name, `/usr/lib/python3.11/${file}x`), RUNNING, `${name} in ${file}x`);
    }
  }
  assert.equal(stateIn('main', null), RUNNING);
});
