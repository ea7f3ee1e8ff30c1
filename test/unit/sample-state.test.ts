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
