import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { calledFrom, isEntrance, roleOf } from '../../src/correlate/roles/frame-role.ts';
import type { Frame } from '../../src/profile/profile.ts';

const SITE = '/srv/.venv/lib/python3.11/site-packages';
const LIB = '/usr/lib/python3.11';

function frame(name: string, file: string | null): Frame {
  return { function: name, file, line: null, column: null };
}

/** Frames as py-spy 0.4 and V8 tell them, innermost of what they stand for. */
const KNOWN: readonly [role: string, name: string, file: string | null][] = [
  ['idle', 'EpollSelector.select', `${LIB}/selectors.py`],
  ['idle', '(idle)', null],
  ['garbage collection', '(garbage collector)', null],
  ['import', '_find_and_load', '<frozen importlib._bootstrap>'],
  ['import', 'get_data', '<frozen importlib._bootstrap_external>'],
  ['lock', 'acquire', `${LIB}/threading.py`],
  ['lock', 'wait', `${LIB}/threading.py`],
  ['GIL', 'take_gil', '/usr/bin/python3.11'],
  ['JSON', 'dumps', `${LIB}/json/__init__.py`],
  ['JSON', 'JSONEncoder.iterencode', `${LIB}/json/encoder.py`],
  ['JSON', 'raw_decode', `${LIB}/json/decoder.py`],
  ['JSON', 'jsonable_encoder', `${SITE}/fastapi/encoders.py`],
  ['validation', 'model_validate', `${SITE}/pydantic/main.py`],
  ['validation', 'ModelField.serialize', `${SITE}/fastapi/_compat/v2.py`],
  ['thread pool of sync endpoints', 'WorkerThread.run', `${SITE}/anyio/_backends/_asyncio.py`],
  ['connection pool', 'wait_for_connection', `${SITE}/httpcore/_sync/connection_pool.py`],
  ['connection pool', '_get_conn', `${SITE}/urllib3/connectionpool.py`],
  ['connection pool', '_do_get', `${SITE}/sqlalchemy/pool/impl.py`],
  ['connection pool', 'getconn', `${SITE}/psycopg_pool/pool.py`],
  ['connection pool', '_acquire_impl', `${SITE}/asyncpg/pool.py`],
  ['connection pool', '_wait_for_available_connection', `${SITE}/aiohttp/connector.py`],
  ['process pool', 'get_reusable_executor', `${SITE}/joblib/externals/loky/reusable_executor.py`],
  ['process pool', '_initialize_backend', `${SITE}/joblib/parallel.py`],
  ['worker process', '_process_worker', `${SITE}/joblib/externals/loky/process_executor.py`],
  ['tokenizer', '_batch_encode_plus', `${SITE}/transformers/tokenization_utils_fast.py`],
  ['model', '_call_impl', `${SITE}/torch/nn/modules/module.py`],
  ['model', 'predict_proba', `${SITE}/sklearn/ensemble/_forest.py`],
  ['model loading', '_load', `${SITE}/torch/serialization.py`],
  ['model loading', 'load', `${SITE}/joblib/numpy_pickle.py`],
  ['model loading', 'from_pretrained', `${SITE}/transformers/models/auto/auto_factory.py`],
  ['logging', 'emit', `${LIB}/logging/__init__.py`],
  ['name lookup', 'getaddrinfo', `${LIB}/socket.py`],
  ['subprocess', '_execute_child', `${LIB}/subprocess.py`],
  ['network', 'read', `${SITE}/httpcore/_backends/sync.py`],
  ['network', 'readinto', `${LIB}/socket.py`],
  ['file', 'read_text', `${LIB}/pathlib.py`],
  ['file', 'readFileSync', 'node:fs'],
  ['file', 'writeFileUtf8', null],
  ['subprocess', 'spawnSync', 'node:internal/child_process'],
  ['regular expression', 'sub', `${LIB}/re/__init__.py`],
  ['regular expression', 'RegExp: ^(a+)+$', null],
  ['numerical code', 'dot', `${SITE}/numpy/linalg/linalg.py`],
  ['queue', 'get', `${LIB}/queue.py`],
  ['server', 'Server.run', `${SITE}/uvicorn/server.py`],
  ['event loop', 'BaseEventLoop._run_once', `${LIB}/asyncio/base_events.py`],
];

describe('the role of a frame', () => {
  for (const [role, name, file] of KNOWN) {
    test(`${name} in ${file ?? 'the runtime'} is ${role}`, () => assert.equal(roleOf(frame(name, file))?.name, role));
  }

  test('is the same with the separators of Windows, and none of user code', () => {
    assert.equal(roleOf(frame('dumps', 'C:\\Python311\\Lib\\json\\__init__.py'))?.name, 'JSON');
    for (const file of ['/srv/app/main.py', '/srv/app/json_tools.py', '/srv/app/server.mjs']) {
      for (const name of ['run', 'load', 'get', 'dumps', 'predict']) assert.equal(roleOf(frame(name, file)), null);
    }
  });

  test('tells what only hands work on from what does it', () => {
    assert.equal(isEntrance(frame('_run_once', `${LIB}/asyncio/base_events.py`)), true);
    assert.equal(isEntrance(frame('run', `${SITE}/anyio/_backends/_asyncio.py`)), true);
    assert.equal(isEntrance(frame('wait', `${LIB}/threading.py`)), false);
    assert.equal(isEntrance(frame('get', `${LIB}/queue.py`)), false);
  });
});

describe('what a source line calls', () => {
  const called = (text: string, file = '/x'): string | null => {
    const found = calledFrom(text, (pattern) => pattern.test(file));
    return found === null ? null : `${found.role.name}: ${found.call}`;
  };

  test('is told from its text', () => {
    assert.equal(called('    body = json.dumps(rows)'), 'JSON: json.dumps');
    assert.equal(called('  return orjson.dumps(x)'), 'JSON: orjson.dumps');
    assert.equal(called('  res.end(JSON.stringify(rows));'), 'JSON: JSON.stringify');
    assert.equal(called('    time.sleep(0.06)'), 'sleep: time.sleep');
    assert.equal(called('    with self._lock:'), 'lock: with self._lock');
    assert.equal(called('    with CACHE_LOCK, other:'), 'lock: with CACHE_LOCK');
    assert.equal(called('    subprocess.run(["ls"])'), 'subprocess: subprocess.run');
    assert.equal(called('    from scipy import stats'), 'import: from scipy');
    assert.equal(called('    gc.collect()'), 'garbage collection: gc.collect');
    assert.equal(called('    score = out.item()', '/site-packages/torch/cuda/__init__.py'), 'GPU: .item()');
  });

  test('is nothing where it says nothing, where it is awaited, or stands in a comment', () => {
    for (const text of ['', 'x = y + 1', '  await asyncio.sleep(1)', '  await sleep(1)', 'x = 1  # time.sleep(1)']) {
      assert.equal(called(text), null);
    }
    assert.equal(called('    score = out.item()'), null);
    assert.equal(called('    with open_lock_file(name) as f:'), null);
  });
});
