import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { View } from '../../src/correlate/views/view.ts';
import {
  parseSavedViews,
  readSavedViews,
  removeView,
  renameView,
  SavedViewError,
  saveView,
  VIEWS_FILE,
} from '../../src/runner/opened/saved-views.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(os.tmpdir(), 'tailflame-views-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const STRETCH: View = { kind: 'all', from: 12_000, to: 15_000 };
const AGAINST: View = { kind: 'difference', against: '2026-01-01-000000-abcd' };

describe('views saved with a run', () => {
  test('are read as they were saved, in that order, and leave no file when the last is removed', async () => {
    assert.deepEqual(await readSavedViews(folder), []);
    await saveView(folder, 'the  stall\n', STRETCH);
    await saveView(folder, 'since the cache', AGAINST);
    await saveView(folder, 'slow payments', { kind: 'slow', step: 'pay', over: 250 });
    assert.deepEqual(await readSavedViews(folder), [
      { name: 'the stall', view: STRETCH },
      { name: 'since the cache', view: AGAINST },
      { name: 'slow payments', view: { kind: 'slow', step: 'pay', over: 250 } },
    ]);
    assert.equal(JSON.parse(readFileSync(path.join(folder, VIEWS_FILE), 'utf8')).schema, 'tailflame.views/1');
    await saveView(folder, 'The Stall', { kind: 'gap' });
    await renameView(folder, 'SLOW PAYMENTS', 'Slow payments');
    await removeView(folder, 'since the cache');
    assert.deepEqual(await readSavedViews(folder), [
      { name: 'The Stall', view: { kind: 'gap' } },
      { name: 'Slow payments', view: { kind: 'slow', step: 'pay', over: 250 } },
    ]);
    await removeView(folder, 'the stall');
    await removeView(folder, 'slow payments');
    assert.ok(!existsSync(path.join(folder, VIEWS_FILE)));
  });

  test('are refused a name that is none, taken, or that of a view every run may have', async () => {
    await saveView(folder, 'one', STRETCH);
    await saveView(folder, 'two', AGAINST);
    await assert.rejects(saveView(folder, ' \n', STRETCH), /needs a name/);
    for (const name of ['slow', 'Tail', 'gpu-idle']) {
      await assert.rejects(saveView(folder, name, STRETCH), /is a view that every run may have/);
    }
    await assert.rejects(renameView(folder, 'one', 'TWO'), /Another view is named two/);
    await assert.rejects(renameView(folder, 'three', 'four'), /no saved view named three/);
    await assert.rejects(removeView(folder, 'three'), /no saved view named three/);
  });

  test('that were edited by hand and are wrong are refused with file, line and fault, and never written over', async () => {
    const file = path.join(folder, VIEWS_FILE);
    const cases: readonly (readonly [text: string, fault: RegExp])[] = [
      ['{"schema": "tailflame.views/1",\n "views": [', /views\.json:2: it is no JSON \(/],
      ['', /views\.json:1: it is no JSON/],
      ['null', /views\.json:1: "schema" is missing/],
      ['{"schema": "tailflame.views/2", "views": []}', /"schema" is "tailflame\.views\/2", and this Tailflame reads/],
      ['{"schema": "tailflame.views/1"}', /"views" must be a list/],
      [withView('{"name": "a", "view": {"kind": "gap"}},\n{"name": 7}'), /:3: views\[1\]: "name" must be a text/],
      [
        withView('{"name": "a", "view": {"kind": "gap"}},\n\n{"name": "A", "view": {"kind": "gap"}}'),
        /:4: .*named A too/,
      ],
      [withView('null'), /views\[0\]: "name" must be a text/],
      [withView('{"name": "a"}'), /views\[0\]: a view must be an object/],
      [withView('{"name": "a", "view": {"kind": "toString"}}'), /"kind" must be one of all, /],
      [withView('{"name": "a", "view": {"kind": "slow", "over": "9"}}'), /"over" must be a number of ms/],
      [withView('{"name": "a", "view": {"kind": "slow", "over": -1}}'), /"over" must not be below 0/],
      [withView('{"name": "a", "view": {"kind": "all", "from": 5}}'), /"from" and "to" must both be there/],
      [withView('{"name": "a", "view": {"kind": "all", "from": 5, "to": 5}}'), /"to" must come after "from"/],
      [withView('{"name": "a", "view": {"kind": "difference"}}'), /"against" is missing/],
      [withView('{"name": "a", "view": {"kind": "difference", "against": ""}}'), /"against" must be a text/],
      [withView('{"name": "a", "view": {"kind": "all", "step": "pay"}}'), /a view of the kind all has no "step"/],
    ];
    for (const [text, fault] of cases) {
      assert.throws(
        () => parseSavedViews(text, 'run/views.json'),
        (error: Error) => {
          assert.ok(error instanceof SavedViewError, text);
          assert.match(error.message, fault);
          assert.match(error.message, /^run\/views\.json:\d+: .*\. Mend it, or delete the file\.$/);
          return true;
        },
      );
      writeFileSync(file, text);
      await assert.rejects(saveView(folder, 'new', STRETCH), SavedViewError);
      assert.equal(readFileSync(file, 'utf8'), text);
    }
  });

  test('of many megabytes are not read', async () => {
    writeFileSync(path.join(folder, VIEWS_FILE), ' '.repeat(5_000_000));
    await assert.rejects(readSavedViews(folder), /far longer than saved views are/);
  });
});

function withView(entries: string): string {
  return `{"schema": "tailflame.views/1", "views": [\n${entries}]}`;
}
