import assert from 'node:assert/strict';
import test from 'node:test';
import { readCollapsed } from '../../src/profile/read/collapsed.ts';
import { writeSpeedscope } from '../../src/profile/write/speedscope.ts';
import {
  changedFunctions,
  frameNames,
  functionRows,
  type SpeedscopeFile,
} from '../../webview/flamegraph/speedscope-file.ts';

const STACKS = `main (app.py:3);rank (app.py:9);rank (app.py:9);distance (drift.py:30) 6
main (app.py:3);rank (app.py:9) 2
main (app.py:3);native 2`;

function fileOf(weights?: Float64Array): SpeedscopeFile {
  const profile = readCollapsed(STACKS, 'stacks');
  const views = [{ name: 'All', weights: weights ?? profile.samples.weight }];
  return JSON.parse(writeSpeedscope([{ profile, views }], 'stacks')!) as SpeedscopeFile;
}

test('what each function took of a profile is read from the file that is shown, a recursive call counted once', () => {
  assert.deepEqual(
    functionRows(fileOf(), 10).map(({ name, location, own, all }) => [name, location?.line ?? null, own, all]),
    [
      ['distance', 30, '60 %', '60 % in all'],
      ['rank', 9, '20 %', '80 % in all'],
      ['native', null, '20 %', '20 % in all'],
      ['main', 3, '0 %', '100 % in all'],
    ],
  );
  assert.deepEqual(
    functionRows(fileOf(), 2).map(({ name }) => name),
    ['distance', 'rank'],
  );
  const native = fileOf(new Float64Array([0, 0, 5]));
  assert.deepEqual(
    functionRows(native, 10).map(({ name, own, all }) => [name, own, all]),
    [
      ['native', '100 %', '100 % in all'],
      ['main', '0 %', '100 % in all'],
    ],
  );
  assert.deepEqual(frameNames(native), ['main', 'native']);
});

test('of a difference the functions are as they come, with where they are', () => {
  const changes = [
    { name: 'rank', file: '/srv/app.py', line: 9, change: '▲ 3 ms more', figures: '3 ms → 6 ms' },
    { name: 'native', file: null, line: null, change: '✕ gone, 2 ms', figures: '2 ms → 0 ms' },
  ];
  assert.deepEqual(changedFunctions(changes, 2), [
    {
      ...{ name: 'rank', file: '/srv/app.py', location: { file: '/srv/app.py', line: 9, column: 0 } },
      ...{ own: '▲ 3 ms more', all: '3 ms → 6 ms' },
    },
    { name: 'native', file: null, location: null, own: '✕ gone, 2 ms', all: '2 ms → 0 ms' },
  ]);
  assert.equal(changedFunctions(changes, 1).length, 1);
});
