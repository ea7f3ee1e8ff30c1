import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInLibrary, isNoSource } from '../../src/editor/views/library-folders.ts';

test('libraries and what a build wrote hold no sources of the workspace; plans and profiles lie in builds too', () => {
  for (const file of ['node_modules/a/index.js', 'api/.venv/lib/site.py', 'api\\venv\\site.py', '.tox/py/a.py']) {
    assert.ok(isInLibrary(file) && isNoSource(file), file);
  }
  for (const file of ['dist/server.js', 'api/build/main.py', 'out/server.cpuprofile']) {
    assert.ok(!isInLibrary(file) && isNoSource(file), file);
  }
  for (const file of ['server.py', 'builder/main.py', 'api/out.py']) {
    assert.ok(!isInLibrary(file) && !isNoSource(file), file);
  }
});
