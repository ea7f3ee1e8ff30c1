import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { HotspotsDocument } from '../../src/report/hotspots-document.ts';
import { saveView, VIEWS_FILE } from '../../src/runner/opened/saved-views.ts';
import { halves } from '../support/halves.ts';
import { placedRequests } from '../support/placed-requests.ts';
import { storeProfiledRun } from '../support/stored-run.ts';
import { tailflame } from '../support/tailflame.ts';

let base: string;
let run: string;
let other: string;

before(async () => {
  base = mkdtempSync(path.join(os.tmpdir(), 'tailflame-views-'));
  const quick = Array.from({ length: 18 }, (_, i) => ({ start: 1000 + i * 10, end: 1010 + i * 10 }));
  const requests = placedRequests([...quick, { start: 1400, end: 1490 }]);
  run = await storeProfiledRun(base, 'later', { profile: halves(), requests });
  other = await storeProfiledRun(base, 'earlier', { profile: halves(), requests: placedRequests(quick) });
});

after(() => rmSync(base, { recursive: true, force: true }));

async function own(...options: string[]): Promise<[view: string, functions: Record<string, number>]> {
  const { stdout, stderr, code } = await tailflame(base, 'hotspots', run, '--json', ...options);
  assert.equal(code, 0, stderr);
  const { view, functions } = JSON.parse(stdout) as HotspotsDocument;
  return [view, Object.fromEntries(functions.map((row) => [row.function, Math.round(row.self)]))];
}

test('hotspots shows any view of a run by its name, its options, or the name it was saved under', async () => {
  await saveView(run, 'the stall', { kind: 'all', from: 1200, to: 1500 });
  assert.deepEqual(await own('--tail'), ['tail', { load: 50, score: 40, handle: 0 }]);
  assert.deepEqual(await own('--view', 'other'), ['other', { load: 100, score: 70, handle: 0 }]);
  // The measured phase began at 200 ms of run time.
  assert.deepEqual(await own('--from', '1s', '--to', '1300ms'), ['all', { load: 150, score: 120, handle: 0 }]);
  assert.deepEqual(await own('--view', 'The Stall'), ['the stall', { load: 150, score: 120, handle: 0 }]);
  const first = await tailflame(base, 'hotspots', '--tail', '--json', run);
  assert.equal((JSON.parse(first.stdout) as HotspotsDocument).view, 'tail', first.stderr);
  const { stdout } = await tailflame(base, 'hotspots', run, '--against', other);
  assert.match(stdout, /Against earlier\nA request: 47 ms now, 50 ms in earlier, 2\.6 ms less\./);
  assert.match(stdout, /28 ms\s+26 ms\s+−1\.5 ms\s+load\s+\/srv\/app\.py:10/);
});

test('a view that a run has not is refused with the reason and those it has', async () => {
  const missing = await tailflame(base, 'hotspots', run, '--view', 'first-token');
  assert.equal(missing.code, 2);
  assert.match(
    missing.stderr,
    /has not the view Slow first tokens\. It has no streams: .*\. It has: all, slow, other, the stall\.\n$/,
  );
  const unknown = await tailflame(base, 'hotspots', run, '--view', 'slowest');
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /There is no view slowest\. There are all, slow, .*saved with it: the stall/);
  const itself = await tailflame(base, 'hotspots', run, '--against', run);
  assert.match(itself.stderr, /is the run itself/);
  writeFileSync(path.join(run, VIEWS_FILE), '{');
  const broken = await tailflame(base, 'hotspots', run, '--view', 'the stall');
  assert.equal(broken.code, 2);
  assert.match(broken.stderr, /views\.json:1: it is no JSON \(.*\)\. Mend it, or delete the file\.\n$/);
  assert.equal((await own('--tail'))[0], 'tail', 'what is not asked for costs nothing');
});
