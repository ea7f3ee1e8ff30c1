import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isUserFrame } from '../../src/profile/user-code.ts';

const isUser = (file: string): boolean => isUserFrame({ function: 'f', file, line: null, column: null });

test('Python’s own modules are no code of the user, whatever build of it they are of', () => {
  for (const folder of [
    '/usr/lib/python3.11',
    '/usr/local/lib/python3.13t',
    '/usr/lib/python313.zip',
    '/opt/pypy/lib/pypy3.10',
    '/usr/src/Python-3.13.1/Lib',
    '/home/me/cpython/Lib',
    '/c/Python312/Lib',
    '/c/ProgramData/Anaconda3/Lib',
    '/c/tools/miniconda3/envs/model/Lib',
    '/c/pyenv-win/versions/3.12.1/Lib',
    '/c/hostedtoolcache/windows/Python/3.12.1/x64/Lib',
  ]) {
    assert.ok(!isUser(`${folder}/json/decoder.py`), folder);
  }
});

test('a folder Lib of a program is code of the user', () => {
  assert.ok(isUser('/srv/app/Lib/handler.py'));
  assert.ok(isUser('/srv/app/python/Lib/handler.py'));
});
