import assert from 'node:assert/strict';
import test from 'node:test';
import { readCollapsed } from '../../src/profile/read/collapsed.ts';
import { runningView, writeSpeedscope } from '../../src/profile/write/speedscope.ts';
import { frameShares, type SpeedscopeFile } from '../../webview/flamegraph/speedscope-file.ts';

const STACKS = `main (app.py:3);rank (app.py:9);rank (app.py:9);distance (drift.py:30) 6
main (app.py:3);rank (app.py:9) 2
main (app.py:3);native 2`;

test('what each function took of a profile is read from the file that is shown, a recursive call counted once', () => {
  const profile = readCollapsed(STACKS, 'stacks');
  const views = [runningView(profile, 'All'), runningView(profile, 'Slow requests', new Float64Array([0, 0, 5]))];
  const file = JSON.parse(writeSpeedscope([{ profile, views }], 'stacks')!) as SpeedscopeFile;
  assert.deepEqual(
    frameShares(file, 0, 10).map(({ name, location, self, total }) => [name, location?.line ?? null, self, total]),
    [
      ['distance', 30, 0.6, 0.6],
      ['rank', 9, 0.2, 0.8],
      ['native', null, 0.2, 0.2],
      ['main', 3, 0, 1],
    ],
  );
  assert.deepEqual(
    frameShares(file, 0, 2).map(({ name }) => name),
    ['distance', 'rank'],
  );
  assert.deepEqual(
    frameShares(file, 1, 10).map(({ name, self, total }) => [name, self, total]),
    [
      ['native', 1, 1],
      ['main', 0, 1],
    ],
  );
});
